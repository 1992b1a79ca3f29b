using System.IO.Pipelines;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

/// <summary>
/// Senders and receivers of one relay whose connections do everything on the thread of the test, so that the test can wait until nothing
/// moves any more. The receivers keep up.
/// </summary>
internal sealed class InlineSides(TestRelay test)
{
    private readonly RelayHost _host = test.Services.GetRequiredService<RelayHost>();
    private readonly List<Sender> _senders = [];
    private readonly List<Receiver> _receivers = [];

    /// <summary>Gets whose part is over, in the order in which they came.</summary>
    public string Ended => string.Concat(
        _senders.Select(static each => each.Result.IsCompleted).Concat(_receivers.Select(static each => each.Lease.Ended.IsCompleted))
            .Select(static ended => ended ? '1' : '0'));

    public void Add(TransferSender lease, bool handsIn) => _senders.Add(new Sender(lease, handsIn));

    public void Add(TransferReceiver lease) => _receivers.Add(new Receiver(lease));

    /// <summary>Gets a sender's connection, if there is one.</summary>
    public TransferSender? AnySender(Random random) => Any(_senders, random)?.Lease;

    /// <summary>Gets a receiver's connection, if there is one.</summary>
    public TransferReceiver? AnyReceiver(Random random) => Any(_receivers, random)?.Lease;

    /// <summary>Lets some sender send what fits.</summary>
    public async Task SendAsync(Random random)
    {
        if (Any(_senders, random) is not { } sender || sender.Result.IsCompleted)
        {
            return;
        }

        if (_host.Transfers.Find(sender.Lease.TransferId) is not { IsFinished: false } transfer)
        {
            return;
        }

        // With a digest, a byte that came before is still to be appended.
        var room = RefusedCallTests.RoomOf(transfer.Content.Buffer) - 1;
        var rest = (transfer.Content.Length ?? long.MaxValue) - transfer.Content.Held.To;
        var count = (int)Math.Min(random.Next(40_000), Math.Min(room, rest));
        if (count > 0)
        {
            await sender.Body.Writer.WriteAsync(new byte[count]).Soon();
        }

        await QuietAsync();
    }

    /// <summary>Ends the body of some sender, or cuts it.</summary>
    public async Task EndSenderAsync(Random random, bool isCut)
    {
        if (Any(_senders, random) is not { } sender)
        {
            return;
        }

        await (isCut ? sender.Lease.DisposeAsync().AsTask() : sender.Body.Writer.CompleteAsync().AsTask()).Soon();
        await QuietAsync();
    }

    /// <summary>Cuts some receiver, or lets it say that it has read everything.</summary>
    public async Task EndReceiverAsync(Random random, bool isCut)
    {
        if (Any(_receivers, random) is not { } receiver)
        {
            return;
        }

        if (isCut)
        {
            await receiver.Lease.DisposeAsync().AsTask().Soon();
        }
        else if (receiver.HasAll)
        {
            receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        }

        await QuietAsync();
    }

    /// <summary>Waits until all senders wait for their body, and all receivers for bytes.</summary>
    public Task QuietAsync() => Eventually.TrueAsync(
        () => _senders.TrueForAll(each => each.IsQuiet(_host.Transfers.All)) && _receivers.TrueForAll(static each => each.IsQuiet),
        "nothing moves");

    /// <summary>Lets everybody leave whose part is over.</summary>
    public Task LeaveEndedAsync() => LeaveAsync(static result => result.IsCompleted, static lease => lease.Ended.IsCompleted);

    /// <summary>Lets everybody leave.</summary>
    public Task LeaveAsync() => LeaveAsync(static _ => true, static _ => true);

    private async Task LeaveAsync(Predicate<Task> isSender, Predicate<TransferReceiver> isReceiver)
    {
        foreach (var sender in _senders.FindAll(each => isSender(each.Result)))
        {
            await sender.Lease.DisposeAsync();
            await sender.Result.Soon();
            _senders.Remove(sender);
        }

        foreach (var receiver in _receivers.FindAll(each => isReceiver(each.Lease)))
        {
            await receiver.Lease.DisposeAsync();
            await receiver.Received.Soon();
            _receivers.Remove(receiver);
        }
    }

    private static Pipe CreatePipe() => new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        useSynchronizationContext: false));

    private static T? Any<T>(List<T> sides, Random random)
        where T : class => sides.Count == 0 ? null : sides[random.Next(sides.Count)];

    private sealed class Sender
    {
        private readonly bool _handsIn;

        public Sender(TransferSender lease, bool handsIn)
        {
            _handsIn = handsIn;
            Lease = lease;
            Result = lease.SendAsync(Body.Reader);
        }

        public TransferSender Lease { get; }

        public Pipe Body { get; } = CreatePipe();

        public Task<SendResult> Result { get; }

        /// <summary>Says whether it waits for its body or, having sent everything, for the outcome.</summary>
        public bool IsQuiet(IEnumerable<Transfer> transfers)
            => Result.IsCompleted
                || (transfers.FirstOrDefault(IsMine) is { IsFinished: false } mine && (Lease.Watch.IsWaiting || IsDone(mine)));

        private bool IsMine(Transfer transfer) => ReferenceEquals(transfer.Sender.Lease, Lease);

        private bool IsDone(Transfer mine) => mine.Content.IsComplete && Lease.Stopped.IsCompleted && !_handsIn;
    }

    private sealed class Receiver
    {
        private readonly Pipe _body = CreatePipe();
        private volatile bool _hasAll;

        public Receiver(TransferReceiver lease)
        {
            Lease = lease;
            Received = ReceiveAsync();
        }

        public TransferReceiver Lease { get; }

        public Task Received { get; }

        public bool HasAll => _hasAll && !Lease.Ended.IsCompleted;

        /// <summary>Gets a value indicating whether it waits for a sender, or has all that has come and waits for more.</summary>
        public bool IsQuiet => Received.IsCompleted
            || !Lease.Transfer.Sender.IsTaken
            || (Lease.ReadWatch.IsWaiting && Lease.Position == Lease.Transfer.Content.Held.To && !Lease.Transfer.Content.IsComplete);

        private async Task ReceiveAsync()
        {
            if (await Lease.WaitForStartAsync().ConfigureAwait(false) == TransferError.None)
            {
                _hasAll = await Lease.ReceiveAsync(_body.Writer).ConfigureAwait(false) == TransferError.None;
            }
        }
    }
}
