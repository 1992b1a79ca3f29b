namespace Beam.AspNetCore.Tests.Forms;

/// <summary>Reads as <paramref name="bytes"/>, in pieces of the given sizes and then the rest.</summary>
internal sealed class CutStream(byte[] bytes, IEnumerable<int> sizes) : MemoryStream(bytes)
{
    private readonly Queue<int> _sizes = new(sizes.Where(static size => size > 0));

    public override int Read(byte[] buffer, int offset, int count)
        => base.Read(buffer, offset, _sizes.TryDequeue(out var size) ? Math.Min(size, count) : count);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => Task.FromResult(Read(buffer, offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var piece = new byte[buffer.Length];
        var count = Read(piece, 0, piece.Length);
        piece.AsSpan(0, count).CopyTo(buffer.Span);
        return ValueTask.FromResult(count);
    }
}
