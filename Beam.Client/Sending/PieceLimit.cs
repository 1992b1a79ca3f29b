namespace Beam.Client;

/// <summary>The most bytes in a request: the caller's limit, the server's limit, or what a proxy turns out to let pass.</summary>
internal sealed class PieceLimit(long? asked)
{
    private const long First = 32 * 1024 * 1024;
    private const long Least = 64 * 1024;

    /// <summary>Gets the limit; <see langword="null"/> for none.</summary>
    public long? Bytes { get; private set; } = asked;

    /// <summary>Notes the server's limit.</summary>
    public void Note(long? said) => Bytes = Bytes is { } bytes && said is { } most ? Math.Min(bytes, most) : Bytes ?? said;

    /// <summary>Lowers the limit, because a request of so many bytes was too large.</summary>
    /// <returns><see langword="false"/> when smaller requests make no sense.</returns>
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
