using System.Net;

namespace Beam.AspNetCore.Forwarding;

/// <summary>The body that a node has sent. It knows whether somebody has read it to its end.</summary>
internal sealed class ForwardedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Func<Task> _beforeEnd;
    private ForwardedContentStream? _stream;

    public ForwardedContent(HttpContent content, Func<Task> beforeEnd)
    {
        _content = content;
        _beforeEnd = beforeEnd;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Gets a value indicating whether the end has come: all bytes of a declared length, or the last chunk.</summary>
    public bool IsComplete => _stream is { IsComplete: true };

    protected override async Task<Stream> CreateContentReadStreamAsync()
        => _stream ??= new ForwardedContentStream(await _content.ReadAsStreamAsync(), _content.Headers.ContentLength, _beforeEnd);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => await (await CreateContentReadStreamAsync()).CopyToAsync(stream);

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
