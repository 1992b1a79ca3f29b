namespace Beam.Client;

/// <summary>A stream that is opened when the file is known. It is not closed here.</summary>
internal sealed class StreamTarget(Func<BeamFile, CancellationToken, ValueTask<Stream>> open) : ReceiveTarget
{
    private Stream? _stream;
    private long _origin;
    private long _written;

    public override async ValueTask BeginAsync(BeamFile file, CancellationToken cancellationToken)
    {
        if (_stream is null)
        {
            _stream = await open(file, cancellationToken).ConfigureAwait(false);
            _origin = _stream.CanSeek ? _stream.Position : 0;
        }
        else if (_written > 0)
        {
            if (!_stream.CanSeek)
            {
                throw new BeamException(
                    BeamError.Replaced,
                    "Another file now has this name, and the bytes that were already written cannot be taken back.");
            }

            _stream.SetLength(_origin);
            _stream.Position = _origin;
            _written = 0;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _written += bytes.Length;
        return _stream!.WriteAsync(bytes, cancellationToken);
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
        => await _stream!.FlushAsync(cancellationToken).ConfigureAwait(false);

    public override ValueTask DisposeAsync() => default;
}
