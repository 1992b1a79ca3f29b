using Beam.Accounts;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>
/// A log that is made ahead, before anything changes, for a transfer that may not need it after all. The disk takes its time, and a factory
/// of the application's own may throw: neither is for the lock.
/// </summary>
/// <remarks>For one thread at a time. Disposing it gives the log and its charge back unless a transfer has them.</remarks>
internal sealed class SpareLog : IDisposable
{
    private readonly TransferLog _log;
    private bool _isGiven;

    private SpareLog(TransferLog log)
    {
        _log = log;
    }

    /// <summary>Makes a log.</summary>
    /// <param name="factory">Makes the buffer.</param>
    /// <param name="terms">What it is for.</param>
    /// <param name="charge">What is charged for it, which belongs to the log from here on, also when there is none.</param>
    /// <returns><see langword="null"/> when there is no room for it.</returns>
    public static SpareLog? TryMake(IChunkBufferFactory factory, ChunkBufferTerms terms, HoldingCharge? charge)
    {
        IChunkBuffer? buffer = null;
        try
        {
            buffer = factory is DefaultChunkBufferFactory own ? own.Create(terms, charge) : factory.Create(terms);
            return buffer is null ? null : new SpareLog(new TransferLog(buffer, terms, charge));
        }
        finally
        {
            if (buffer is null)
            {
                charge?.Dispose();
            }
        }
    }

    /// <summary>Gives the log to a transfer, under the channel's lock.</summary>
    /// <returns>The log that it had before.</returns>
    public TransferLog? GiveTo(TransferContent content)
    {
        _isGiven = true;
        return content.Open(_log);
    }

    public void Dispose()
    {
        if (!_isGiven)
        {
            _log.Discard();
        }
    }
}
