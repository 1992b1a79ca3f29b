using System.Buffers;
using System.IO.Pipelines;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A receiver whose connection is a pipe, pumping from the start.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly Pipe _body;
    private readonly CancellationTokenSource _aborted = new();

    public TestReceiver(TransferReceiver lease, PipeOptionsChoice pipe)
    {
        Lease = lease;
        _body = new Pipe(
            pipe == PipeOptionsChoice.Small
                ? new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512)
                : new PipeOptions(pauseWriterThreshold: 0));
        Started = lease.WaitForStartAsync(_aborted.Token).AsTask();
        Received = PumpAsync();
    }

    public TransferReceiver Lease { get; }

    /// <summary>Gets the task that ends when the first byte is there, or never will be.</summary>
    public Task<TransferError> Started { get; }

    /// <summary>Gets the task that ends when the connection has taken everything, or never will.</summary>
    public Task<TransferError> Received { get; }

    public long Progress { get; set; }

    /// <summary>Takes what comes from that offset on, checks it, and returns how much it was when the body has ended.</summary>
    public async Task<long> TakeAllAsync(long from = 0)
    {
        await using var verifier = new VerifyingStream(TestSender.Seed, from);
        await _body.Reader.CopyToAsync(verifier).Soon();
        return verifier.Verified;
    }

    /// <summary>Takes at least one byte.</summary>
    public async Task<long> TakeSomeAsync()
    {
        var read = await _body.Reader.ReadAsync().Soon();
        var count = read.Buffer.Length;
        _body.Reader.AdvanceTo(read.Buffer.End);
        return count;
    }

    /// <summary>Takes at least one byte if one comes before the end, and checks what it takes.</summary>
    public async Task<long> TakeSomeAsync(long from)
    {
        var read = await _body.Reader.ReadAsync().Soon();
        var bytes = read.Buffer.ToArray();
        Assert.Equal(TestBytes.Create(TestSender.Seed, bytes.Length, from), bytes);
        _body.Reader.AdvanceTo(read.Buffer.End);
        return bytes.Length;
    }

    /// <summary>Breaks the connection as a server sees it.</summary>
    public Task AbortAsync() => _aborted.CancelAsync();

    /// <summary>Closes the connection's other end, which the next flush sees.</summary>
    public async Task CloseAsync() => await _body.Reader.CompleteAsync();

    /// <summary>Leaves, as a handler does at its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await Lease.DisposeAsync();
        await Received.Soon();
        _aborted.Dispose();
    }

    private async Task<TransferError> PumpAsync()
    {
        var error = await Started;
        if (error == TransferError.None)
        {
            error = await Lease.ReceiveAsync(_body.Writer, () => Progress, _aborted.Token);
        }

        await _body.Writer.CompleteAsync();
        return error;
    }
}
