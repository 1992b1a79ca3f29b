using System.Net;

namespace Beam.Cli.Doctor;

/// <summary>A body that begins, and goes on when the caller lets it.</summary>
/// <param name="mayGoOn">Completed when the body may go on.</param>
internal sealed class HeldContent(Task mayGoOn) : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("first\n"u8.ToArray());
        await stream.FlushAsync();
        await mayGoOn;
        await stream.WriteAsync("second\n"u8.ToArray());
    }
}
