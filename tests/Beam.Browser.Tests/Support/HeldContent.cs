using System.Net;

namespace Beam.Browser.Tests.Support;

/// <summary>A file that stops after its beginning until the test lets it go on.</summary>
internal sealed class HeldContent(byte[] bytes, int beginning) : HttpContent
{
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => _goOn.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(0, beginning));
        await stream.FlushAsync();
        await _goOn.Task;
        await stream.WriteAsync(bytes.AsMemory(beginning));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _goOn.TrySetResult();
        base.Dispose(disposing);
    }
}
