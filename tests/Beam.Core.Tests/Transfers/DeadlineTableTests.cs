using System.Globalization;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

/// <summary>What has missed its deadline, for each state of a sender and of a receiver, as time passes.</summary>
[Trait("Rule", "P4")]
public sealed class DeadlineTableTests : IDisposable
{
    // Stalled after 60 s, given up for lost after 120 s, waited for until 300 s, and the token ends after 600 s. Everything begins at 0 s.
    //
    // A sender that has not begun has a seat and sends nothing; a receiver that has not begun has one and takes nothing.
    //
    // A sender is silent while it is waited for, and held back while it waits for room. It is done when it has sent everything. A receiver
    // is blocked while it takes nothing, and hungry while it waits for bytes. "2 wanted" has a second receiver that has not come.
    private const string Table =
        """
        sender     | receiver    | ends by itself | what has missed its deadline, from which second on
        none       | flowing     | 300            | 300 Receiver NoSender, 600 Receiver TokenEnded
        sending    | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        silent     | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        held back  | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        away       | none        | 120            | 120 WholeTransfer SenderLost
        done       | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        done, away | none        | 120            | 120 WholeTransfer SenderLost
        handed in  | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        not begun  | none        | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        not begun  | flowing     |                | 60 Sender SenderStalled
        not begun  | not begun   |                | 60 Sender SenderStalled
        sending    | not begun   |                | 60 Receiver ReceiverStalled
        none       | not begun   | 300            | 300 Receiver NoSender, 600 Receiver TokenEnded
        sending    | flowing     |                |
        sending    | blocked     |                | 60 Receiver ReceiverStalled
        sending    | hungry      |                |
        sending    | away        | 120            | 120 AwayReceiver ReceiverLost
        silent     | flowing     |                | 60 Sender SenderStalled
        silent     | blocked     |                | 60 Sender SenderStalled
        silent     | hungry      |                | 60 Sender SenderStalled
        silent     | away        | 120            | 120 AwayReceiver ReceiverLost
        held back  | flowing     |                |
        held back  | blocked     |                | 60 Receiver ReceiverStalled
        held back  | hungry      |                | 60 WholeTransfer NoRoom
        held back  | away        | 120            | 120 AwayReceiver ReceiverLost
        sending    | overrun     | 120            | 59 AwayReceiver ReceiverLost
        away       | flowing     | 120            | 120 WholeTransfer SenderLost
        away       | blocked     | 120            | 60 Receiver ReceiverStalled, 120 WholeTransfer SenderLost
        away       | hungry      | 120            | 120 WholeTransfer SenderLost
        away       | away        | 120            | 120 WholeTransfer SenderLost
        done       | flowing     |                |
        done       | blocked     |                | 60 Receiver ReceiverStalled
        done       | hungry      |                | 60 WholeTransfer NoRoom
        done       | confirming  |                | 60 Receiver ReceiverStalled
        done       | handed over |                | 60 LastWord None
        done       | word known  |                | 60 LastWord None
        done       | away        | 120            | 120 AwayReceiver ReceiverLost
        done, away | flowing     |                |
        done, away | blocked     |                | 60 Receiver ReceiverStalled
        done, away | handed over |                | 60 LastWord None
        done, away | away        | 120            | 120 AwayReceiver ReceiverLost
        handed in  | blocked     |                | 60 Receiver ReceiverStalled
        handed in  | hungry      |                | 60 Receiver TooManyTransfers
        handed in  | confirming  |                | 60 Receiver ReceiverStalled
        handed in  | away        | 120            | 120 AwayReceiver ReceiverLost
        2 wanted   | flowing     |                | 300 MissingReceivers NoReceiver
        2 wanted   | blocked     |                | 60 Receiver ReceiverStalled, 300 MissingReceivers NoReceiver
        2 wanted   | hungry      |                | 300 MissingReceivers NoReceiver
        2 wanted   | delivered   | 300            | 300 MissingReceivers NoReceiver, 600 WholeTransfer TokenEnded
        """;

    private static readonly string[][] Rows =
        [.. Table.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Split('|', StringSplitOptions.TrimEntries))];

    private readonly TestRelay _test = new(static options => options.ResumeTimeout = TimeSpan.FromSeconds(120));
    private readonly RelayHost _host;
    private readonly Token _token;

    public DeadlineTableTests()
    {
        _host = _test.Services.GetRequiredService<RelayHost>();
        _token = _test.Relay.Tokens.MintSubTokenAsync(_test.Token, TokenRights.All, lifetime: TimeSpan.FromSeconds(600)).AtOnce()!.Token;
    }

    public static TheoryData<string, string> Situations => [.. Rows.Skip(1).Select(static row => (row[0], row[1]))];

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Situations))]
    public void Deadline_IsMissed_WhenItsTimeHasPassed(string sender, string receiver)
    {
        var expected = Rows.Single(row => row[0] == sender && row[1] == receiver);
        var transfer = Arrange(sender, receiver);
        Assert.Equal(expected[2], EndsByItself(transfer));
        List<string> found = [];
        var before = new Overdue();
        foreach (var seconds in new[] { 59, 60, 119, 120, 299, 300, 599, 600 })
        {
            _test.Clock.Advance(TimeSpan.FromSeconds(seconds) - _test.Clock.Elapsed);
            var overdue = transfer.Deadlines.FindOverdue(transfer.GetState_NeedsLock());
            if (overdue != before)
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds} {overdue.Kind} {overdue.Error}"));
            }

            before = overdue;
        }

        Assert.Equal(expected[3], string.Join(", ", found));
    }

    [Fact]
    public void Nothing_IsOverdue_OnceItHasEnded()
    {
        var transfer = Arrange("silent", "blocked");
        transfer.TryFinish(TransferError.Cancelled);
        _test.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(default, transfer.Deadlines.FindOverdue(transfer.GetState_NeedsLock()));
        Assert.Null(transfer.Deadlines.FindNext(transfer.GetState_NeedsLock()));
    }

    private string EndsByItself(Transfer transfer) => transfer.Deadlines.FindNext(transfer.GetState_NeedsLock()) is { } deadline
        ? (deadline - _host.TimeProvider.GetUtcNow()).TotalSeconds.ToString(CultureInfo.InvariantCulture)
        : "";

    /// <summary>Makes a transfer that no sweep finds: it is in no channel.</summary>
    private Transfer Arrange(string sender, string receiver)
    {
        var transfer = new Transfer(_host, _token, "file", "id");
        if (sender != "none")
        {
            ArrangeSender(transfer, sender);
        }

        if (receiver != "none")
        {
            ArrangeReceiver(transfer, receiver);
        }

        // With its receiver there, what a sender leaves is known.
        if (sender is "away" or "done, away" or "handed in")
        {
            transfer.FreeSenderSeat_NeedsLock(TransferError.SenderLost);
        }

        return transfer;
    }

    private void ArrangeSender(Transfer transfer, string sender)
    {
        transfer.Sender.Take(BeginUse());
        transfer.Receivers.Await(TimeSpan.FromSeconds(300), _test.Clock.GetTimestamp());
        transfer.Receivers.Want(sender == "2 wanted" ? 2 : 1);
        var lease = Seating.Attach(transfer, new SendTerms());
        if (sender is not "silent" and not "not begun")
        {
            lease.Watch.End();
        }

        switch (sender)
        {

            case "held back":
                lease.AppendWatch.Begin();
                break;

            case "done" or "done, away":
                transfer.Content.End();
                break;

            case "handed in":
                transfer.Content.End();
                transfer.Content.HandIn(_test.Clock.GetUtcNow().AddSeconds(300));
                break;

            default:
                break;
        }
    }

    private void ArrangeReceiver(Transfer transfer, string receiver)
    {
        var lease = Seating.Take(transfer, BeginUse(), new ReceiveTerms())!;
        var now = _test.Clock.GetTimestamp();
        if (receiver != "not begun")
        {
            lease.Watch.End();
        }

        switch (receiver)
        {
            case "blocked":
                lease.Watch.Begin();
                break;

            case "hungry":
                lease.ReadWatch.Begin();
                break;

            case "confirming":
                lease.Seat.Confirm(now);
                lease.Watch.Begin();
                break;

            case "handed over":
                lease.Seat.Confirm(now);
                lease.Watch.Begin();
                lease.NoteHandedOver();
                break;

            case "word known":
                lease.Seat.AwaitOwnWord(DeliveryStatus.Sent, now);
                lease.Watch.Begin();
                break;

            case "away":
                lease.Seat.Leave(TransferError.ReceiverLost, now);
                break;

            case "overrun":
                lease.Seat.Leave(TransferError.ReceiverLost, now);
                transfer.Content.Open(new TransferLog(new HoldingNothingBelow(1), default, Charge: null));
                break;

            case "delivered":
                lease.Seat.Resolve(TransferError.None, DeliveryStatus.Sent, now);
                break;

            default:
                break;
        }
    }

    private TokenUse BeginUse()
    {
        Assert.Equal(TransferError.None, TokenUse.TryBegin(_token, _host.Options, _host.TimeProvider, out var use));
        return use;
    }
}
