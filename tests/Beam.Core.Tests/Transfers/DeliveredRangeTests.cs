using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>What a response's head says of a file is decided once; what becomes known later moves nothing.</summary>
[Trait("Rule", "P1")]
[Trait("Rule", "P22")]
public sealed class DeliveredRangeTests : IDisposable
{
    private readonly TestRelay _test = new(static options =>
    {
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
        options.WindowBytes = 1024 * 1024;
        options.ReadAheadBytes = 1024 * 1024;
    });

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(1_000)]
    [InlineData(11)]
    [InlineData(30_000)]
    public async Task Receiver_GetsTheWholeFile_WhenTheLengthBecomesKnownOnTheWay(long to)
    {
        await using (var sender = _test.Send())
        {
            await sender.WriteAsync(0, 3_000);
            await using var receiver = _test.Receive("file", new ReceiveTerms { From = 0, To = to });
            await receiver.Started.Soon();
            await sender.WriteAsync(3_000, 30_000);
            await sender.CompleteAsync();
            await EndsAsync(33_000);

            Assert.Equal((null, null, false), (receiver.Lease.Length, receiver.Lease.End, receiver.Lease.IsPiece));
            Assert.Equal(33_000, await receiver.TakeAllAsync());
            Assert.Equal(TransferError.None, await receiver.Received.Soon());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            var outcome = await sender.Outcome.Soon();
            Assert.Equal([new ReceiverOutcome(TransferError.None, DeliveryStatus.Confirmed, 33_000)], outcome.Receivers);
        }

        _test.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(null, 33_000)]
    [InlineData(2_000L, 33_000)]
    [InlineData(2_000L, 2_500)]
    public async Task Length_ThatALaterSenderSays_MovesNoEnd(long? to, long length)
    {
        // It may even be untrue, or less than what has come: then the transfer fails, and no receiver takes a part for the whole.
        await using (var first = _test.Send("file", length: null, new SendTerms { EndsFile = false }))
        {
            await first.WriteAsync(0, 3_000);
            await using var receiver = _test.Receive("file", new ReceiveTerms { From = 0, To = to });
            await receiver.Started.Soon();
            await first.CompleteAsync();
            await first.Result.Soon();

            var joined = await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", 3_000, length).AsTask().Soon();
            if (joined.IsJoined)
            {
                await using var second = new TestSender(joined.Lease);
                await second.WriteAsync(3_000, 30_000);
                await second.CompleteAsync();
                await receiver.TakeAllAsync();
                var error = await receiver.Received.Soon();
                Assert.Equal(length == 33_000, error == TransferError.None);
                if (error == TransferError.None)
                {
                    Assert.Equal(33_000, receiver.Lease.BytesSent);
                    receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
                    Assert.True((await second.Outcome.Soon()).IsSuccess);
                }
            }
            else
            {
                Assert.NotEqual(33_000, length);
                Assert.False(receiver.Received.IsCompleted);
                _test.Relay.Cancel(_test.Token, "file");
            }
        }

        _test.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Response_DeliversWhatItsHeadHasSaid_WheneverTheLengthBecomesKnown()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            await PlayAsync(new Random(seed), $"file-{seed}").Soon();
        }

        _test.AssertNothingIsLeft();
    }

    private async Task PlayAsync(Random random, string name)
    {
        var size = random.Next(1, 60_000);
        var isKnown = random.Next(3) == 0;
        var before = random.Next(1, size + 1);
        var terms = new ReceiveTerms
        {
            From = random.Next(3) == 0 ? null : 0,
            To = random.Next(3) == 0 ? null : random.Next(1, 80_000),
        };
        await using var sender = _test.Send(name, isKnown ? size : null);
        await sender.WriteAsync(0, before);
        await using var receiver = _test.Receive(name, terms);
        if (random.Next(2) == 0)
        {
            await receiver.Started;
        }

        if (random.Next(2) == 0)
        {
            await receiver.TakeSomeAsync(0);
            await receiver.Started;
            _test.Relay.Cancel(_test.Token, name);
            return;
        }

        await sender.WriteAsync(before, size - before);
        await sender.CompleteAsync();
        var got = await receiver.TakeAllAsync();

        Assert.Equal(TransferError.None, await receiver.Received);
        var lease = receiver.Lease;
        Assert.Equal(lease.End ?? size, got);
        Assert.Equal(lease.IsPiece, got < size);
        Assert.True(lease.Length is null || lease.Length == size);
        lease.FinishDelivery(DeliveryStatus.Confirmed);
        if (lease.IsPiece)
        {
            Assert.False(sender.Result.IsCompleted);
            _test.Relay.Cancel(_test.Token, name);
        }
        else
        {
            Assert.Equal((DeliveryStatus.Confirmed, size), await Word(sender));
        }
    }

    private static async Task<(DeliveryStatus Delivery, int Bytes)> Word(TestSender sender)
        => await sender.Outcome is var outcome ? (outcome.Delivery, (int)outcome.Bytes) : default;

    private Task EndsAsync(long length)
        => Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file")?.Transfer.Length == length, "the length is known");
}
