using Beam.Accounts;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>A log, what it was made for, and who is charged with it.</summary>
/// <param name="Buffer">The log itself.</param>
/// <param name="Terms">What it was made for.</param>
/// <param name="Charge">What it is charged with; <see langword="null"/> when nobody counts it.</param>
internal sealed record TransferLog(IChunkBuffer Buffer, ChunkBufferTerms Terms, HoldingCharge? Charge)
{
    /// <summary>Lets go of a log that no transfer has any more. Readers that wait there go on inline.</summary>
    public void Discard() => _ = DisposeAsync();

    private async Task DisposeAsync()
    {
        using (Charge)
        {
            await Buffer.DisposeAsync().ConfigureAwait(false);
        }
    }
}
