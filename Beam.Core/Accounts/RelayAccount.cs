namespace Beam.Accounts;

/// <summary>
/// Whom the relay charges with what outlives a request, such as an address that the host has found out. The charge lasts as long as the
/// transfer, whether a connection is there or not.
/// </summary>
/// <remarks>
/// The limits hold for the request that brings them. Two requests of one account may bring different ones, for example after the host has
/// changed its options. The relay writes the name to the disk with each file that is handed in. So a restart forgets nothing.
/// </remarks>
public sealed record RelayAccount
{
    /// <summary>The most letters of a name.</summary>
    public const int LongestName = 100;

    /// <summary>Names an account.</summary>
    /// <param name="name">
    /// What tells it from others, such as <c>192.0.2.7/32</c>: 1 to <see cref="LongestName"/> printable ASCII characters.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is something else.</exception>
    public RelayAccount(string name)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"A name has 1 to {LongestName} printable ASCII characters.", nameof(name));
        }

        Name = name;
    }

    /// <summary>Gets what tells it from others.</summary>
    public string Name { get; }

    /// <summary>Gets how many transfers that it sends may wait or run at a time.</summary>
    /// <value>The default is <see langword="null"/>: as many as the relay takes.</value>
    public int? MaxTransfers { get; init; }

    /// <summary>Gets how many of them may be files that are handed in, accepted or on their way.</summary>
    /// <value>The default is <see langword="null"/>: as many as one channel, or all together, may hold.</value>
    public int? MaxHeldFiles { get; init; }

    /// <summary>Gets how many bytes those files may take, in memory or on the disk.</summary>
    /// <value>The default is <see langword="null"/>: as many as one channel, or all together, may hold.</value>
    public long? MaxHeldBytes { get; init; }

    internal static bool IsName(string? name)
        => name is { Length: > 0 and <= LongestName } && !name.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
