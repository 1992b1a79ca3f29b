namespace Beam.Client.Tests.Sending;

/// <summary>A file to which something happens while it is read: once, before the first read at or after an offset.</summary>
internal sealed class MeddledFile(string path, long offset, Action meddle)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous)
{
    private bool _isDone;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isDone && Position >= offset)
        {
            _isDone = true;
            meddle();
        }

        return base.ReadAsync(buffer, cancellationToken);
    }
}
