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
    public static SendPiece Next(long offset, long? length, long? limit)
    {
        var left = length - offset;
        return limit is { } most && !(left <= most)
            ? new SendPiece(offset, most, left is null ? null : most, EndsFile: false)
            : new SendPiece(offset, left ?? long.MaxValue, left, EndsFile: true);
    }
}
