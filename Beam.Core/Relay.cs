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
        budgets.ReportMistakesTo(logger);
        HeldTransfers.Restore(host, buffers, logger);
        _sweeper = new Sweeper(host, _nextReceivers, budgets, logger);
    }

    /// <summary>Gets the live tokens.</summary>
    public TokenRegistry Tokens => _host.Tokens;

    /// <summary>Gets how many transfers wait or run, or have ended and still have a connection that has not left.</summary>
    public int TransferCount => _host.Transfers.Count;

    /// <summary>Gets a value indicating whether the relay is shutting down and takes nothing new.</summary>
    public bool IsDraining => _host.IsDraining;

    internal int NextReceiverCount => _nextReceivers.Count;

    /// <summary>
    /// Takes the sender's seat in the transfer called <paramref name="name"/> to send the file from its start, whether its receivers wait
    /// already or come later.
    /// </summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel, as <see cref="TransferNames"/> allows it; compared byte for byte.</param>
    /// <param name="description">What the sender says of its bytes.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The lease, or why there is none; a refusal changes nothing. If the sender of a transfer of that name has broken off, that transfer
    /// fails and a new one begins. If the relay had taken no byte from that sender, its transfer begins anew: the terms of the new sender
    /// hold, and receivers that wait stay, as many as it asks for.
    /// </returns>
    public JoinResult<TransferSender> JoinAsSender(Token token, string name, TransferDescription description, SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        TransferNames.ThrowIfInvalid(name);
        ArgumentNullException.ThrowIfNull(description);
        return _senders.Join(token, name, description, terms ?? new SendTerms());
    }

    /// <summary>
    /// Does what <see cref="JoinAsSender(Token, string, TransferDescription, SendTerms)"/> does, but waits a moment while another sender
    /// still seems connected. A client that comes back at once may be here before the news of its loss.
    /// </summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel, as <see cref="TransferNames"/> allows it; compared byte for byte.</param>
    /// <param name="description">What the sender says of its bytes.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait when the new sender's connection is gone.</param>
    /// <returns>
    /// The lease, or why there is none. <see cref="TransferError.NameInUse"/> comes after 0.8 s at the latest. A client that waits to be
    /// asked for the body (RFC 9110, section 10.1.1) then hears it before it sends anything.
    /// </returns>
    public ValueTask<JoinResult<TransferSender>> JoinAsSenderAsync(
        Token token,
        string name,
        TransferDescription description,
        SendTerms? terms = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        TransferNames.ThrowIfInvalid(name);
        ArgumentNullException.ThrowIfNull(description);
        return _senders.JoinAsync(token, name, description, terms ?? new SendTerms(), cancellationToken);
    }

    /// <summary>Takes the sender's seat in the transfer called <paramref name="name"/> to go on where the file broke off.</summary>
    /// <param name="token">What the sender presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="offset">Where the sender's bytes begin, in bytes from the start of the file.</param>
    /// <param name="length">The length of the whole file, if this sender says it.</param>
    /// <param name="terms">
    /// On what terms it joins; <see langword="null"/> for the defaults. From the first byte on they may repeat how many receivers the file
    /// has and that it is handed in, and not change it.
    /// </param>
    /// <returns>
    /// The lease, or why there is none: <see cref="TransferError.UnknownName"/>, <see cref="TransferError.WrongOffset"/>,
    /// <see cref="TransferError.LengthChanged"/>, <see cref="TransferError.TermsChanged"/> or what <see cref="JoinAsSender"/> answers. A
    /// refusal changes nothing, with one exception. Once the offset is right, the relay cuts a sender that still seems connected, and that
    /// sender's last bytes may move the offset.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="offset"/> or <paramref name="length"/> is negative, or above <see cref="TransferDescription.LargestLength"/>.
    /// </exception>
    public ValueTask<JoinResult<TransferSender>> ResumeAsSenderAsync(
        Token token,
        string name,
        long offset,
        long? length,
        SendTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TransferDescription.Check(offset, nameof(offset));
        TransferDescription.Check(length, nameof(length));
        return _senders.ResumeAsync(token, name, offset, length, terms ?? new SendTerms());
    }

    /// <summary>
    /// Takes a receiver's seat in the transfer called <paramref name="name"/>, whether its sender waits already or comes later.
    /// </summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <returns>The lease, or why there is none. A refusal changes nothing.</returns>
    public JoinResult<TransferReceiver> JoinAsReceiver(Token token, string name, ReceiveTerms? terms = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _receivers.Join(token, name, terms ?? new ReceiveTerms());
    }

    /// <summary>
    /// Does what <see cref="JoinAsReceiver(Token, string, ReceiveTerms)"/> does, but gives a receiver
    /// that still seems connected the time to show whether it is. A client that comes back at once
    /// may be here before the news of its loss. After a change of networks there is no news at all.
    /// </summary>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="name">The name within the token's channel; compared byte for byte.</param>
    /// <param name="terms">On what terms it joins; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait when the new receiver's connection is gone.</param>
    /// <returns>
    /// The lease, or why there is none. <see cref="TransferError.AlreadyReceiving"/> comes after 5 s at the latest. By then, a receiver
    /// that comes back with the first bytes of the file has taken the seat of a predecessor that took nothing meanwhile. If the transfer
    /// ends while the receiver waits, the answer is <see cref="TransferError.Gone"/> with the outcome.
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
    /// Takes a receiver's seat in the transfer of the channel that has waited longest for a receiver. If no transfer waits, the receiver
    /// waits for the next.
    /// </summary>
    /// <remarks>
    /// Waiting receivers get what comes in the order of their arrival, each transfer as often as its sender asks for receivers. Before it
    /// waits, the receiver takes the seat of a receiver that has broken off, if the relay still holds the beginning of that file.
    /// </remarks>
    /// <param name="token">What the receiver presented.</param>
    /// <param name="terms">
    /// On what terms it joins; <see langword="null"/> for the defaults. Whatever they say of offsets, the relay sends the whole file.
    /// </param>
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
        var whole = (terms ?? new ReceiveTerms()) with { From = null, To = null, TransferId = null };
        return _nextReceivers.JoinAsync(token, whole, cancellationToken);
    }

    /// <summary>Cancels the transfer called <paramref name="name"/>, and cuts both sides; or cancels a receiver's part of it.</summary>
    /// <param name="token">
    /// What somebody presented. The token of the transfer's sender, and a token with full rights, cancel the transfer. Another token
    /// cancels the parts of the receivers whose seats it holds. Cancelling costs no use.
    /// </param>
    /// <param name="name">The name within the token's channel.</param>
    /// <returns>
    /// <see cref="TransferError.None"/>, <see cref="TransferError.NotAllowed"/>, <see cref="TransferError.UnknownName"/> or
    /// <see cref="TransferError.UnknownToken"/>.
    /// </returns>
    public TransferError Cancel(Token token, string name)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(name);
        var (error, cancelled) = Cancellation.Cancel(token, name, _host.TimeProvider.GetUtcNow());
        if (cancelled is not null)
        {
            RelayLog.TransferCancelled(_logger, cancelled.Id, token.Id);
        }

        return error;
    }

    /// <summary>Cancels a transfer by its short id, and cuts both sides. For people who run the relay.</summary>
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

    /// <summary>
    /// Revokes <paramref name="token"/> and all tokens that were made from it, and ends the
    /// transfers and receivers' parts that go on with them.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <returns>
    /// A task that ends when nobody can use the token any more, not even after a restart. It has ended already unless the channel has files
    /// that were handed in: then the disk has to learn of it. It cannot be cancelled: a revocation never stops half-way.
    /// </returns>
    public async ValueTask RevokeAsync(Token token)
    {
        ArgumentNullException.ThrowIfNull(token);
        Tokens.Revoke(token);
        foreach (var transfer in token.Channel.GetTransfers())
        {
            Cancellation.EndToken(transfer, token);
        }

        NextReceiverJoin.EndToken(token);

        // Without this it would be alive again after a restart, with the files that others have handed in.
        await _host.PersistTokensAsync(token.Channel).ConfigureAwait(false);

        // Last: a logger that throws must not leave the half of it undone.
        RelayLog.TokenRevoked(_logger, token.Id);
    }

    /// <summary>Takes nothing new from now on, cuts what still waits for its other side, and lets the rest run.</summary>
    /// <returns>A task that ends when the last transfer has ended and both its sides have left.</returns>
    public Task DrainAsync()
    {
        // The flag comes first: a side that joins after the loop has ended what waits sees the flag.
        _host.BeginDraining();
        foreach (var transfer in _host.Transfers.All)
        {
            _host.TurnAwayWaiting(transfer);
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

    /// <summary>Says how much the relay holds now. It reads counters, and costs the same however much that is.</summary>
    /// <returns>The totals.</returns>
    public RelayTotals GetTotals() => new(
        TransferCount,
        Tokens.Count,
        _budgets.Memory.UsedBytes,
        _budgets.Memory.LimitBytes,
        _budgets.Disk.UsedBytes,
        _budgets.Disk.LimitBytes,
        IsDraining);

    /// <summary>Describes what the relay holds now. It looks at each transfer and token that it describes.</summary>
    /// <param name="most">
    /// How many transfers, and how many tokens, it describes at most: the oldest transfers, and the tokens that end first unless they are
    /// used. The default is all.
    /// </param>
    /// <returns>A snapshot.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is negative.</exception>
    public RelaySnapshot GetSnapshot(int most = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return new(
            [.. _host.Transfers.GetOldest(most).Select(TransferSnapshot.Of)],
            [.. Tokens.GetFirst(most).Select(static token => new TokenSnapshot(token.Id, token.Rights, token.ExpiresAt, token.UsesLeft))],
            _budgets.Memory.UsedBytes,
            _budgets.Memory.LimitBytes,
            _budgets.Disk.UsedBytes,
            _budgets.Disk.LimitBytes,
            IsDraining);
    }

    /// <summary>Fails what still runs and stops watching deadlines.</summary>
    public void Dispose()
    {
        _host.BeginDraining();
        CutAll();
        _sweeper.Dispose();
    }

    internal (int Waiting, int Running) CountTransfers() => _host.Transfers.CountByWaiting();
}
