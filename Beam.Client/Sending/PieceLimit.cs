namespace Beam.Client;

/// <summary>The most bytes in one request: what was asked for, what the server says, or what something on the way turns out to let pass.</summary>
internal sealed class PieceLimit(long? asked)
{
    private const long First = 32 * 1024 * 1024;
    private const long Least = 64 * 1024;

    /// <summary>Gets the limit; <see langword="null"/> for none.</summary>
    public long? Bytes { get; private set; } = asked;

    /// <summary>Notes what the server says.</summary>
    public void Note(long? said) => Bytes = Bytes is { } bytes && said is { } most ? Math.Min(bytes, most) : Bytes ?? said;

    /// <summary>A request of so many bytes was too large.</summary>
    /// <returns><see langword="false"/> when smaller ones make no sense.</returns>
    public bool TryLower(long? refusedBytes)
    {
        var before = Math.Min(Bytes ?? long.MaxValue, refusedBytes ?? long.MaxValue);
        if (before <= Least)
        {
            return false;
        }

        Bytes = Math.Max(Least, Math.Min(First, before / 2));
        return true;
    }
}
