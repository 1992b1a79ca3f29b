using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>
/// A log that is made ahead, before anything changes, for a transfer that may not need it after all. The disk takes its time, and a factory
/// of the application's own may throw: neither is for the lock.
/// </summary>
/// <remarks>For one thread at a time. Disposing it gives the log back unless a transfer has it.</remarks>
internal sealed class SpareLog : IDisposable
{
    private readonly IChunkBuffer _log;
    private readonly ChunkBufferTerms _terms;
    private bool _isGiven;

    private SpareLog(IChunkBuffer log, ChunkBufferTerms terms)
    {
        _log = log;
        _terms = terms;
    }

    /// <summary>Makes a log.</summary>
    /// <returns><see langword="null"/> when there is no room for it.</returns>
    public static SpareLog? TryMake(IChunkBufferFactory factory, ChunkBufferTerms terms)
        => factory.Create(terms) is { } log ? new SpareLog(log, terms) : null;

    /// <summary>Lets go of a log that no transfer has any more. Readers that wait there go on inline.</summary>
    public static void Discard(IChunkBuffer log) => _ = DiscardAsync(log);

    /// <summary>Gives the log to a transfer, under the channel's lock.</summary>
    /// <returns>The log that it had before.</returns>
    public IChunkBuffer? GiveTo(TransferContent content)
    {
        _isGiven = true;
        return content.Open(_log, _terms);
    }

    public void Dispose()
    {
        if (!_isGiven)
        {
            Discard(_log);
        }
    }

    private static async Task DiscardAsync(IChunkBuffer log) => await log.DisposeAsync().ConfigureAwait(false);
}
