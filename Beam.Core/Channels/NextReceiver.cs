using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>A receiver that waits for whatever its channel gets next.</summary>
/// <remarks>It stands in its channel's line, under the channel's lock, until it gets a seat, gives up, or is withdrawn.</remarks>
internal sealed class NextReceiver(TokenUse use, ReceiveTerms terms, TimeSpan wait, long since)
{
    private readonly TaskCompletionSource<JoinResult<TransferReceiver>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the use of its token, which goes over to the seat that it gets.</summary>
    public TokenUse Use => use;

    public Token Token => use.Token;

    public ReceiveTerms Terms => terms;

    public TimeSpan Wait => wait;

    /// <summary>Gets the timestamp of its arrival.</summary>
    public long Since => since;

    public Task<JoinResult<TransferReceiver>> Result => _result.Task;

    /// <summary>Ends the wait, once. The waiter goes on elsewhere, so callers may hold the lock.</summary>
    public void Resolve(JoinResult<TransferReceiver> result) => _result.SetResult(result);
}
