using System.Net;

namespace Beam.Cli.Doctor;

/// <summary>A body of zeros that reports each piece that the connection has taken.</summary>
/// <param name="bytes">Its length, in bytes.</param>
/// <param name="onPiece">Called after each piece.</param>
internal sealed class PiecewiseContent(long bytes, Action onPiece) : HttpContent
{
    private const int PieceBytes = 64 * 1024;

    protected override bool TryComputeLength(out long length)
    {
        length = bytes;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceBytes];
        for (var rest = bytes; rest > 0; rest -= PieceBytes)
        {
            await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(rest, PieceBytes)), cancellationToken);
            onPiece();
        }
    }
}
