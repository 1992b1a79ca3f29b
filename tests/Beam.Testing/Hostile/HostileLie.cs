namespace Beam.Testing;

/// <summary>One way to answer otherwise than Beam does.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Tell">Makes the answer, from the honest one.</param>
public sealed record HostileLie(string Name, Func<HostileAnswer, HostileAnswer> Tell)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
