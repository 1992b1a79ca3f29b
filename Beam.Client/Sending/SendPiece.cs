namespace Beam.Client;

/// <summary>Which part of the source the next request carries.</summary>
/// <param name="Offset">From where.</param>
/// <param name="Most">How many bytes at most.</param>
/// <param name="Length">How many bytes exactly, if that is known.</param>
/// <param name="EndsFile">Whether the file ends with it.</param>
internal readonly record struct SendPiece(long Offset, long Most, long? Length, bool EndsFile)
{
    /// <summary>Chooses the next part.</summary>
    /// <param name="offset">Where the server goes on.</param>
    /// <param name="length">The length of the file, if it is known.</param>
    /// <param name="limit">The most bytes in a request, if there is a limit.</param>
    /// <param name="endsApart">
    /// Whether the end has a piece of its own: the last byte, or nothing if the length is known only after everything was read. Until the
    /// last byte leaves, nobody takes the file for whole, and so a single one is enough.
    /// </param>
    public static SendPiece Next(long offset, long? length, long? limit, bool endsApart)
    {
        var left = length - offset;
        if (limit is { } most && !(left <= most))
        {
            return new SendPiece(offset, most, left is null ? null : most, EndsFile: false);
        }

        return endsApart && !(left <= 1)
            ? new SendPiece(offset, left - 1 ?? long.MaxValue, left - 1, EndsFile: false)
            : new SendPiece(offset, left ?? long.MaxValue, left, EndsFile: true);
    }
}
