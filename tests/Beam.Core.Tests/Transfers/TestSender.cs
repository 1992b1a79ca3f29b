using System.IO.Pipelines;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A sender whose connection is a pipe, pumping from the start.</summary>
internal sealed class TestSender : IAsyncDisposable
{
    public const int Seed = 11;

    private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly CancellationTokenSource _aborted = new();

    public TestSender(TransferSender lease)
    {
        Lease = lease;
        Result = lease.SendAsync(_body.Reader, _aborted.Token);
        Outcome = FindOutcomeAsync();
    }

    public TransferSender Lease { get; }

    /// <summary>Gets the task that ends with this sender's part.</summary>
    public Task<SendResult> Result { get; }

    /// <summary>Gets the task that ends with how the transfer ended; it fails when this sender's part ended before.</summary>
    public Task<TransferOutcome> Outcome { get; }

    public async Task WriteAsync(long offset, int count)
        => await _body.Writer.WriteAsync(TestBytes.Create(Seed, count, offset)).Soon();

    /// <summary>Ends the body, well or with <paramref name="exception"/>.</summary>
    public async Task CompleteAsync(Exception? exception = null) => await _body.Writer.CompleteAsync(exception);

    /// <summary>Breaks the connection.</summary>
    public Task AbortAsync() => _aborted.CancelAsync();

    /// <summary>Leaves, as a handler does at its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await Lease.DisposeAsync();
        await Result.Soon();
        _aborted.Dispose();
    }

    private async Task<TransferOutcome> FindOutcomeAsync()
    {
        var result = await Result;
        return result.Outcome ?? throw new InvalidOperationException($"The sender's part ended before the transfer: {result.Error}.");
    }
}
