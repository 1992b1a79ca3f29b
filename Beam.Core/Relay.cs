using Beam.Buffering;
using Beam.Holding;
using Beam.Tokens;
using Microsoft.Extensions.Logging;

namespace Beam.Transfers;

/// <summary>Where senders and receivers meet. One per host; get it from the container.</summary>
/// <remarks>Thread-safe. The container disposes it; transfers that still run then fail.</remarks>
public sealed class Relay : IDisposable
{
    private readonly RelayHost _host;
    private readonly SenderJoin _senders;
    private readonly ReceiverJoin _receivers;
    private readonly NextReceiverJoin _nextReceivers;
    private readonly RelayBudgets _budgets;
    private readonly ILogger<Relay> _logger;
    private readonly Sweeper _sweeper;

    internal Relay(RelayHost host, IChunkBufferFactory buffers, RelayBudgets budgets, ILogger<Relay> logger)
    {
        var firstSide = new FirstSide(host);
        _host = host;
        _senders = new SenderJoin(host, firstSide, buffers);
        _receivers = new ReceiverJoin(host, firstSide);
        _nextReceivers = new NextReceiverJoin(host, _receivers);
        _budgets = budgets;
        _logger = logger;
        host.Metrics.Observe(this, budgets);
        HeldTransfers.Restore(host, buffers, logger);
        _sweeper = new Sweeper(host, _nextReceivers, logger);
    }

    /// <summary>Gets the live tokens.</summary>
    public TokenRegistry Tokens => _host.Tokens;

    /// <summary>Gets how many transfers wait, run or have not been left by both sides yet.</summary>
    public int TransferCount => _host.Transfers.Count;

    /// <summary>Gets a value indicating whether the relay is shutting down and takes nothing new.</summary>
    public bool IsDraining => _host.IsDraining;

    internal int NextReceiverCount => _nextReceivers.Count;

    /// <summary>
    /// Takes the sender's seat in the transfer called <paramref name="name"/> to send the file from its start, whether its receivers wait
    /// already or come later.
    /// </summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="description">What the sender says of its bytes.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The lease, or why there is none. A refusal changes nothing. A transfer whose sender has broken off is given up for the new one, unless it
    /// has not begun: then the new sender begins in its place.
    /// </returns>
    public JoinResult<TransferSender> JoinAsSender(Token token, string name, TransferDescription description, SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(description);
        return _senders.Join(token, name, description, terms ?? new SendTerms());
    }

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
    public ValueTask<JoinResult<TransferSender>> JoinAsSenderAsync(
        Token token,
        string name,
        TransferDescription description,
        SendTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(description);
        return _senders.JoinAsync(token, name, description, terms ?? new SendTerms(), cancellationToken);
    }

    /// <summary>Takes the sender's seat in the transfer called <paramref name="name"/> to go on where the file broke off.</summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="offset">Where the sender's bytes begin, in bytes from the start of the file.</param>
    /// <param name="length">The length of the whole file, if this sender says it.</param>
    /// <param name="terms">On what terms it joins; what it says of receivers does not count any more. <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The lease, or why there is none: <see cref="TransferError.UnknownName"/>, <see cref="TransferError.WrongOffset"/>,
    /// <see cref="TransferError.LengthChanged"/> or what <see cref="JoinAsSender"/> answers. A sender that still seems connected is cut once the
    /// offset is right.
    /// </returns>
    public ValueTask<JoinResult<TransferSender>> ResumeAsSenderAsync(Token token, string name, long offset, long? length, SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _senders.ResumeAsync(token, name, offset, length, terms ?? new SendTerms());
    }

    /// <summary>Takes a receiver's seat in the transfer called <paramref name="name"/>, whether its sender waits already or comes later.</summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>The lease, or why there is none. Nothing is changed by a refusal.</returns>
    public JoinResult<TransferReceiver> JoinAsReceiver(Token token, string name, ReceiveTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _receivers.Join(token, name, terms ?? new ReceiveTerms());
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
    /// first bytes of the file has by then taken the seat of a predecessor that took nothing meanwhile. Of a transfer that ends while it waits,
    /// it is told the outcome.
    /// </returns>
    public ValueTask<JoinResult<TransferReceiver>> JoinAsReceiverAsync(
        Token token,
        string name,
        ReceiveTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _receivers.JoinAsync(token, name, terms ?? new ReceiveTerms(), cancellationToken);
    }

    /// <summary>
    /// Takes a receiver's seat in the transfer of the channel that has waited longest for one, or, when there is none, in the next that begins.
    /// </summary>
    /// <remarks>
    /// Who waits gets what comes in the order of arrival, each transfer as often as its sender asks for receivers. Without a waiting transfer
    /// the seat of a receiver that has broken off is taken, if the beginning of its file is still held.
    /// </remarks>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="terms">On what terms it joins; the whole file is sent whatever they say of offsets. <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone; its seat then stays free for the next.</param>
    /// <returns>
    /// The lease, whose <see cref="TransferReceiver.Name"/> says which file it is; or why there is none, such as
    /// <see cref="TransferError.NoSender"/> after the wait.
    /// </returns>
    public ValueTask<JoinResult<TransferReceiver>> JoinNextAsReceiverAsync(
        Token token,
        ReceiveTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _nextReceivers.JoinAsync(token, (terms ?? new ReceiveTerms()) with { From = null, To = null, TransferId = null }, cancellationToken);
    }

    /// <summary>Cancels the transfer called <paramref name="name"/>: both sides are cut.</summary>
    /// <param name="token">
    /// What somebody presented; it needs the right to send, or to have taken a receiver's seat: then that receiver's part is cancelled.
    /// </param>
    /// <param name="name">The name within the token's channel.</param>
    /// <returns><see cref="TransferError.None"/>, <see cref="TransferError.NotAllowed"/> or <see cref="TransferError.UnknownName"/>.</returns>
    public TransferError Cancel(Token token, string name)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(name);
        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            token.Channel.Transfers.TryGetValue(name, out transfer);
        }

        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            // Without the right it is not even said which names there are.
            if (transfer is null || !Cancellation.TryCancelReceivers(transfer, token))
            {
                return TransferError.NotAllowed;
            }
        }
        else if (transfer?.TryFinish(TransferError.Cancelled) != true)
        {
            return TransferError.UnknownName;
        }

        RelayLog.TransferCancelled(_logger, transfer.Id, token.Id);
        return TransferError.None;
    }

    /// <summary>Cancels a transfer by its short id, for people who run the relay: both sides are cut.</summary>
    /// <param name="id">The id, as in <see cref="TransferSnapshot.Id"/>.</param>
    /// <returns><see langword="false"/> when no transfer of that id waits or runs.</returns>
    public bool Cancel(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_host.Transfers.Find(id)?.TryFinish(TransferError.Cancelled) != true)
        {
            return false;
        }

        RelayLog.TransferCut(_logger, id);
        return true;
    }

    /// <summary>Revokes <paramref name="token"/> and all that were made from it, and cuts the transfers that any of them began.</summary>
    /// <param name="token">The token.</param>
    /// <returns>
    /// A task that ends when nobody can use the token any more, also after a restart. Where tokens are kept in this process it has ended already. It cannot
    /// be cancelled: a revocation is never given up half-way.
    /// </returns>
    public ValueTask RevokeAsync(Token token)
    {
        ArgumentNullException.ThrowIfNull(token);
        Tokens.Revoke(token);
        RelayLog.TokenRevoked(_logger, token.Id);
        foreach (var transfer in _host.Transfers.All)
        {
            Cancellation.EndToken(transfer, token);
        }

        _nextReceivers.EndToken(token);

        // Or it would be alive again after a restart, with the files that others have handed in.
        _host.PersistTokens(token.Channel);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes nothing new from now on, cuts what still waits for its other side, and lets the rest run.</summary>
    /// <returns>A task that ends when the last transfer has ended and both its sides have left.</returns>
    public Task DrainAsync()
    {
        // The flag comes first: whoever joins after what is ended below sees it.
        _host.BeginDraining();
        foreach (var transfer in _host.Transfers.All)
        {
            _host.FailIfDraining(transfer);
            transfer.TurnAwayWaiting();
        }

        _nextReceivers.WithdrawAll(TransferError.ShuttingDown);
        return _host.Transfers.WhenEmptyAsync();
    }

    /// <summary>Fails every transfer that has not ended, so that both sides see it.</summary>
    public void CutAll()
    {
        foreach (var transfer in _host.Transfers.All)
        {
            transfer.TryFinish(TransferError.ShuttingDown);
        }

        _nextReceivers.WithdrawAll(TransferError.ShuttingDown);
    }

    /// <summary>Describes what the relay holds now.</summary>
    /// <returns>A snapshot.</returns>
    public RelaySnapshot GetSnapshot() => new(
        [.. _host.Transfers.All.Select(TransferSnapshot.Of)],
        [.. Tokens.All.Select(static token => new TokenSnapshot(token.Id, token.Rights, token.ExpiresAt, token.UsesLeft))],
        _budgets.Memory.UsedBytes,
        _budgets.Memory.LimitBytes,
        _budgets.Disk.UsedBytes,
        _budgets.Disk.LimitBytes,
        IsDraining);

    /// <summary>Fails what still runs and stops watching deadlines.</summary>
    public void Dispose()
    {
        _host.BeginDraining();
        CutAll();
        _sweeper.Dispose();
    }

    internal (int Waiting, int Running) CountTransfers() => _host.Transfers.CountByWaiting();
}
