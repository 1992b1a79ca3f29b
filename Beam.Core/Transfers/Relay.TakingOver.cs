using Beam.Tokens;

namespace Beam.Transfers;

public sealed partial class Relay
{
    /// <summary>
    /// Does what <see cref="JoinAsSender(Token, string, TransferDescription, SendTerms)"/> does, but gives a sender that still seems connected
    /// a moment to be known as gone: who is cut off and comes back at once may be here before the news of the loss.
    /// </summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="description">What the sender says of its bytes.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait when the new sender's connection is gone.</param>
    /// <returns>
    /// The lease, or why there is none. <see cref="TransferError.NameInUse"/> comes after 0.8 s at the latest, so that a client that waits to be
    /// asked for the body (RFC 9110, section 10.1.1) hears it before it sends anything.
    /// </returns>
    public async ValueTask<JoinResult<TransferSender>> JoinAsSenderAsync(
        Token token,
        string name,
        TransferDescription description,
        SendTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(description);
        terms ??= new SendTerms();
        for (var since = _timeProvider.GetTimestamp(); ;)
        {
            var joined = TryJoinAsSender(token, name, description, terms, out var taken);
            if (taken is null || !await TryWaitAsync(taken, since, TakenPlace.SenderPatience, cancellationToken).ConfigureAwait(false))
            {
                return joined;
            }
        }
    }

    /// <summary>
    /// Does what <see cref="JoinAsReceiver(Token, string, ReceiveTerms)"/> does, but gives a receiver that still seems connected the time to show
    /// whether it is: who is cut off and comes back at once may be here before the news of the loss, and after a change of networks there is none.
    /// </summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait when the new receiver's connection is gone.</param>
    /// <returns>
    /// The lease, or why there is none. <see cref="TransferError.AlreadyReceiving"/> comes after 5 s at the latest: one that comes back with the
    /// first bytes of the file has by then taken the place of a predecessor that took nothing meanwhile. Of a transfer that ends while it waits,
    /// it is told the outcome.
    /// </returns>
    public async ValueTask<JoinResult<TransferReceiver>> JoinAsReceiverAsync(
        Token token,
        string name,
        ReceiveTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        terms ??= new ReceiveTerms();
        var patience = TakenPlace.PatienceOfReceiver(terms);
        TakenPlace? taken = null;
        for (var since = _timeProvider.GetTimestamp(); ;)
        {
            var joined = TryJoinAsReceiver(token, name, terms, mayWait: _timeProvider.GetElapsedTime(since) < patience, ref taken);
            if (taken is null || !await TryWaitAsync(taken, since, patience, cancellationToken).ConfigureAwait(false))
            {
                return joined;
            }
        }
    }

    /// <summary>Waits until it makes sense to try again.</summary>
    /// <returns><see langword="false"/> when it does not any more.</returns>
    private async ValueTask<bool> TryWaitAsync(TakenPlace taken, long since, TimeSpan patience, CancellationToken cancellationToken)
    {
        var rest = patience - _timeProvider.GetElapsedTime(since);
        if (rest <= TimeSpan.Zero)
        {
            return false;
        }

        await taken.Change.WaitAsync(rest, _timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
