using System.Net;

namespace Beam.Yarp.Nodes;

/// <summary>
/// An upload that sends every piece on at once. The client would otherwise keep less than a buffer of bytes until more comes, and a live
/// stream would arrive late.
/// </summary>
internal sealed class FlushedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Action _onReading;

    /// <param name="content">The body.</param>
    /// <param name="onReading">Called when somebody begins to read it.</param>
    public FlushedContent(HttpContent content, Action onReading)
    {
        _onReading = onReading;
        _content = content;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _onReading();
        return _content.CopyToAsync(new FlushingStream(stream), context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
