using System.IO.Pipelines;
using System.Security.Cryptography;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>What a receiver says of the bytes that it has is no proof: only what the relay has handed to its seat counts.</summary>
[Trait("Rule", "P22")]
[Trait("Rule", "P27")]
public sealed class ClaimTests : IDisposable
{
    private const int Length = 10_000;

    private readonly TempFolder _folder = new();
    private readonly List<TestRelay> _relays = [];

    public void Dispose()
    {
        _relays.ForEach(static relay => relay.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Length, false)]
    [InlineData(Length, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task FirstReceiver_CannotHaveTheBeginning(long from, bool namesTheTransfer)
    {
        var test = Create();
        await using var sender = await SendAllAsync(test, receivers: 1);
        var terms = new ReceiveTerms { From = from, TransferId = namesTheTransfer ? sender.Lease.TransferId : null };

        var refused = test.Relay.JoinAsReceiver(test.Token, "file", terms);

        Assert.Equal((TransferError.NothingToResume, sender.Lease.TransferId), (refused.Error, refused.Transfer?.Id));
        Assert.Equal(TransferState.WaitingForReceiver, test.Relay.GetSnapshot().Transfers[0].State);
        await using var receiver = test.Receive();
        Assert.Equal(Length, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal((DeliveryStatus.Confirmed, Length), Word(await sender.Outcome.Soon()));
    }

    [Fact]
    public void Receiver_CannotHaveTheBeginning_BeforeItsSenderHasCome()
    {
        var test = Create();

        Assert.Equal(TransferError.NothingToResume, test.Relay.JoinAsReceiver(test.Token, "file", new ReceiveTerms { From = 1 }).Error);

        test.AssertNothingIsLeft();
        Assert.True(test.Relay.JoinAsReceiver(test.Token, "file").IsJoined);
        Assert.Equal(TransferError.NothingToResume, test.Relay.JoinAsReceiver(test.Token, "file", new ReceiveTerms { From = 1 }).Error);
        Assert.Single(test.Relay.GetSnapshot().Transfers[0].Receivers);
    }

    [Fact]
    public async Task ReturningReceiver_HasWhatItsConnectionWasOffered_AndNotMore()
    {
        var test = Create();
        await using var sender = await SendAllAsync(test, receivers: 1);

        // Its connection has room for little: it was offered all, and is not known to have taken anything.
        await using (var first = test.Receive())
        {
            await Eventually.TrueAsync(() => first.Lease.Watch.IsWaiting, "its connection takes no more");
            await first.AbortAsync();
            await first.Lease.Ended.Soon();
            Assert.Equal(0, first.Lease.BytesSent);
        }

        await using var back = test.Receive("file", new ReceiveTerms { From = 1_000 });
        Assert.Equal(Length - 1_000, await back.TakeAllAsync(1_000));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal((DeliveryStatus.Confirmed, Length), Word(await sender.Outcome.Soon()));
    }

    [Fact]
    public async Task ReturningReceiver_IsRefused_WhenItHasMoreThanTheRelayHasHandedOut()
    {
        var test = Create();
        await using var sender = test.Send(length: Length);
        await sender.WriteAsync(0, 1_000);
        await using (var first = test.Receive(pipe: PipeOptionsChoice.Unlimited))
        {
            await TakesAsync(test, 1_000);
        }

        await sender.WriteAsync(1_000, Length - 1_000);
        await sender.CompleteAsync();
        await HoldsAsync(test, Length);

        foreach (var from in new[] { 1_001, Length })
        {
            Assert.Equal(
                TransferError.NothingToResume,
                test.Relay.JoinAsReceiver(test.Token, "file", new ReceiveTerms { From = from }).Error);
        }

        Assert.Equal(SeatState.Away, Assert.Single(test.Relay.GetSnapshot().Transfers[0].Receivers).State);
        await using var back = test.Receive("file", new ReceiveTerms { From = 1_000 });
        Assert.Equal(Length - 1_000, await back.TakeAllAsync(1_000));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal((DeliveryStatus.Confirmed, Length), Word(await sender.Outcome.Soon()));
    }

    [Theory]
    [InlineData(4_000, 6_000)]
    [InlineData(Length - 1, 1)]
    public async Task Receiver_ThatWasHandedOnlyTheRest_HasBeenSentThat_AndNoMoreIsConfirmed(long from, long bytes)
    {
        var test = Create();
        await using var sender = await SendAllAsync(test, receivers: 2);
        await using var first = test.Receive();
        Assert.Equal(Length, await first.TakeAllAsync());
        first.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        await using var second = test.Receive("file", new ReceiveTerms { From = from });
        Assert.Equal(bytes, await second.TakeAllAsync(from));
        second.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        var outcome = await sender.Outcome.Soon();
        Assert.Equal(DeliveryStatus.Sent, outcome.Delivery);
        Assert.Equal(
            [
                new ReceiverOutcome(TransferError.None, DeliveryStatus.Confirmed, Length),
                new ReceiverOutcome(TransferError.None, DeliveryStatus.Sent, bytes),
            ],
            outcome.Receivers);
        Assert.Equal((Length, Length), (outcome.Bytes, outcome.Length));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiver_ThatClaimsAllOfAFileThatThenEnds_LeavesItsPlace(bool isLate)
    {
        var test = Create();
        await using var sender = test.Send("file", length: null, new SendTerms { Receivers = 2 });
        await sender.WriteAsync(0, Length);
        await using var first = test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await TakesAsync(test, Length);
        TransferError claimed;
        if (isLate)
        {
            await sender.CompleteAsync();
            await Eventually.TrueAsync(() => test.Token.Channel.FindStatus("file")?.Transfer.Length == Length, "the file has ended");
            claimed = test.Relay.JoinAsReceiver(test.Token, "file", new ReceiveTerms { From = Length }).Error;
        }
        else
        {
            // It may be that more comes, so it gets a place until the sender says that nothing does.
            await using var second = test.Receive("file", new ReceiveTerms { From = Length });
            await sender.CompleteAsync();
            claimed = await second.Started.Soon();
        }

        Assert.Equal(TransferError.NothingToResume, claimed);
        first.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Single(test.Relay.GetSnapshot().Transfers[0].Receivers);
        await using var other = test.Receive();
        Assert.Equal(Length, await other.TakeAllAsync());
        other.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal((DeliveryStatus.Confirmed, Length), Word(await sender.Outcome.Soon()));
    }

    [Theory]
    [InlineData(Length)]
    [InlineData(4_000)]
    public async Task AfterARestart_TheOwnWordOfAReceiver_ConfirmsWhatItHad(long from)
    {
        var (test, token, id) = await RestartAsync();
        var terms = new ReceiveTerms { From = from, TransferId = id, Confirms = true, ConfirmationId = "a" };
        await using (var lease = test.Relay.JoinAsReceiver(token, "file", terms).Lease!)
        {
            await TakeAsync(lease);
            Assert.Null(token.Channel.FindStatus("file")!.Outcome);

            Assert.Equal(TransferError.None, token.Channel.Confirm(token, "file", Digest(), "a"));
        }

        var outcome = token.Channel.FindStatus("file")!.Outcome!;
        Assert.Equal([new ReceiverOutcome(TransferError.None, DeliveryStatus.Confirmed, Length - from)], outcome.Receivers);
        Assert.Equal((Length - from, Length), (outcome.Bytes, outcome.Length));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a wrong digest")]
    [InlineData("that it has nothing")]
    public async Task AfterARestart_AReceiverThatClaimsAll_AndDoesNotProveIt_LeavesTheFileToOthers(string says)
    {
        var (test, token, id) = await RestartAsync();
        var terms = new ReceiveTerms { From = Length, TransferId = id, Confirms = true, ConfirmationId = "a" };
        await using (var lease = test.Relay.JoinAsReceiver(token, "file", terms).Lease!)
        {
            await TakeAsync(lease);
            if (says == "nothing")
            {
                test.Clock.Advance(TimeSpan.FromMinutes(1));
                Assert.Equal(TransferError.ReceiverStalled, await lease.Ended.Soon());
            }
            else
            {
                Assert.Equal(
                    says == "a wrong digest" ? TransferError.DigestMismatch : TransferError.None,
                    says == "a wrong digest"
                        ? token.Channel.Confirm(token, "file", new byte[32], "a")
                        : token.Channel.Decline(token, "file", "a"));
            }
        }

        Assert.Null(token.Channel.FindStatus("file")!.Outcome);
        Assert.Empty(test.Relay.GetSnapshot().Transfers[0].Receivers);
        await using var receiver = test.Receive(token: token);
        Assert.Equal(Length, await receiver.TakeAllAsync());
    }

    [Fact]
    public async Task AfterARestart_APlainReceiver_GoesOn_AndClaimsNothingMore()
    {
        var (test, token, _) = await RestartAsync();

        Assert.Equal(
            TransferError.NothingToResume,
            test.Relay.JoinAsReceiver(token, "file", new ReceiveTerms { From = Length }).Error);
        await using var back = test.Receive("file", new ReceiveTerms { From = 4_000 }, token);
        Assert.Equal(Length - 4_000, await back.TakeAllAsync(4_000));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        Assert.Equal((DeliveryStatus.Sent, Length - 4_000), Word(token.Channel.FindStatus("file")!.Outcome!));
    }

    [Fact]
    public async Task HandedInFile_IsResumed_ByAReceiverThatWasAwayForTooLong()
    {
        var test = Create();
        await using var sender = test.Send("file", Length, new SendTerms { HandsIn = true });
        await sender.WriteAsync(0, Length);
        await sender.CompleteAsync();
        await sender.Result.Soon();
        await using (var first = test.Receive())
        {
            await first.TakeSomeAsync();
        }

        test.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(test.Relay.GetSnapshot().Transfers[0].Receivers);
        await using var back = test.Receive("file", new ReceiveTerms { From = 4_000 });
        Assert.Equal(Length - 4_000, await back.TakeAllAsync(4_000));
        back.Lease.FinishDelivery(DeliveryStatus.Confirmed);

        // Its place was given up, so that nobody knows any more whether it is the same.
        Assert.Equal((DeliveryStatus.Sent, Length - 4_000), Word(test.Token.Channel.FindStatus("file")!.Outcome!));
    }

    private static (DeliveryStatus Delivery, long Bytes) Word(TransferOutcome outcome) => (outcome.Delivery, outcome.Bytes);

    private static byte[] Digest() => SHA256.HashData(TestBytes.Create(TestSender.Seed, Length));

    private static async Task TakeAsync(TransferReceiver lease)
    {
        Assert.Equal(TransferError.None, await lease.WaitForStartAsync().AsTask().Soon());
        if (!lease.HasEverything)
        {
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            Assert.Equal(TransferError.None, await lease.ReceiveAsync(pipe.Writer).AsTask().Soon());
        }

        lease.FinishDelivery(DeliveryStatus.Confirmed);
    }

    private TestRelay Create()
    {
        var test = new TestRelay(options =>
        {
            options.SpillDirectory = _folder["spill"];
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
        });
        _relays.Add(test);
        return test;
    }

    private static async Task<TestSender> SendAllAsync(TestRelay test, int receivers)
    {
        var sender = test.Send("file", Length, new SendTerms { Receivers = receivers });
        await sender.WriteAsync(0, Length);
        await sender.CompleteAsync();
        await HoldsAsync(test, Length);
        return sender;
    }

    /// <summary>Hands a file in and starts the relay anew, which does not know then what was handed out before.</summary>
    private async Task<(TestRelay Relay, Token Token, string Id)> RestartAsync()
    {
        var first = Create();
        await using (var sender = first.Send("file", Length, new SendTerms { HandsIn = true, Sha256 = Digest() }))
        {
            await sender.WriteAsync(0, Length);
            await sender.CompleteAsync();
            Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
        }

        await first.Relay.DrainAsync().Soon();
        var second = Create();
        return (second, second.Relay.Tokens.Find(first.Minted.Secret)!, second.Relay.GetSnapshot().Transfers[0].Id);
    }

    private static Task HoldsAsync(TestRelay test, long bytes)
        => Eventually.TrueAsync(() => test.Token.Channel.FindStatus("file")?.Transfer.Held.To == bytes, $"{bytes} bytes came");

    private static Task TakesAsync(TestRelay test, long bytes)
        => Eventually.TrueAsync(() => test.Token.Channel.FindStatus("file")?.Transfer.BytesSent == bytes, $"{bytes} bytes went");
}
