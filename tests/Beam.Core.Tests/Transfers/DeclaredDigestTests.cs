using System.Security.Cryptography;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>The digest that a sender declares belongs to the file, whichever connections bring its bytes.</summary>
[Trait("Rule", "P27")]
[Trait("Rule", "P37")]
public sealed class DeclaredDigestTests : IDisposable
{
    private const int Length = 5_000;

    private static readonly byte[] Right = SHA256.HashData(TestBytes.Create(TestSender.Seed, Length));
    private static readonly byte[] Wrong = new byte[32];

    private readonly TestRelay _test = new(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SenderThatGoesOn_IsHeldToTheDigest_ThatItDoesNotRepeat(bool isRight)
    {
        await BreakOffAsync(2_000, isRight ? Right : Wrong);
        await using var receiver = _test.Receive();

        await using var rest = await _test.ResumeAsync(await HeldAsync());

        await SendRestAsync(rest);
        await AssertEndsAsync(rest, receiver, isRight);
    }

    [Fact]
    public async Task SenderThatGoesOn_MayRepeatTheDigest_AndNotChangeIt()
    {
        await BreakOffAsync(2_000, Right);
        var held = await HeldAsync();

        var changed = await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", held, Length, new SendTerms { Sha256 = Wrong });
        Assert.Equal(TransferError.TermsChanged, changed.Error);

        await using var receiver = _test.Receive();
        await using var rest = await _test.ResumeAsync(held, terms: new SendTerms { Sha256 = Right });
        await SendRestAsync(rest);
        await AssertEndsAsync(rest, receiver, isRight: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UntouchedFile_HasTheDigest_ThatTheNextSenderDeclares(bool goesOn)
    {
        await BreakOffAsync(0, Wrong);
        await using var receiver = _test.Receive();
        var terms = new SendTerms { Sha256 = Right };

        await using var next = goesOn ? await _test.ResumeAsync(0, terms: terms) : _test.Send("file", Length, terms);

        await next.WriteAsync(0, Length);
        await next.CompleteAsync();
        await AssertEndsAsync(next, receiver, isRight: true);
    }

    [Fact]
    public async Task UntouchedFile_HasNoDigest_WhenTheNextSenderBeginsItWithoutOne()
    {
        await BreakOffAsync(0, Wrong);
        await using var receiver = _test.Receive();

        await using var next = _test.Send(length: Length);

        await next.WriteAsync(0, Length);
        await next.CompleteAsync();
        await AssertEndsAsync(next, receiver, isRight: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LastPiece_IsChecked_WhenItEndsTheFileByItsLengthAlone(bool isRight)
    {
        await using (var first = _test.Send("file", Length, new SendTerms { EndsFile = false, Sha256 = isRight ? Right : Wrong }))
        {
            await first.WriteAsync(0, 2_000);
            await first.CompleteAsync();
            Assert.Equal(TransferError.None, (await first.Result.Soon()).Error);
        }

        await using var receiver = _test.Receive();
        await using var last = await _test.ResumeAsync(2_000, terms: new SendTerms { EndsFile = false });
        await SendRestAsync(last, 2_000);
        await AssertEndsAsync(last, receiver, isRight);
    }

    [Fact]
    public async Task Digest_ThatIsSaidFirstWithTheLastPiece_IsChecked_IfTheRelayHasComputedIt()
    {
        foreach (var (wants, expected) in new[] { (true, TransferError.DigestMismatch), (false, TransferError.NoDigest) })
        {
            var name = $"file-{wants}";
            await using (var first = _test.Send(name, Length, new SendTerms { EndsFile = false, WantsDigest = wants }))
            {
                await first.WriteAsync(0, 2_000);
                await first.CompleteAsync();
                await first.Result.Soon();
            }

            var joined = await _test.Relay.ResumeAsSenderAsync(_test.Token, name, 2_000, null, new SendTerms { Sha256 = Wrong });
            if (joined.Lease is not { } lease)
            {
                Assert.Equal(expected, joined.Error);
                continue;
            }

            await using var last = new TestSender(lease);
            await SendRestAsync(last, 2_000);
            Assert.Equal(expected, (await last.Result.Soon()).Error);
        }
    }

    [Fact]
    public async Task Receiver_DoesNotGetTheLastByte_OfABodyThatIsTooLong()
    {
        await using var receiver = _test.Receive();
        await using var sender = _test.Send("file", Length, new SendTerms { Sha256 = Right });

        await sender.WriteAsync(0, Length + 1);

        Assert.Equal(TransferError.BadBody, (await sender.Result.Soon()).Error);
        Assert.NotEqual(TransferError.None, await receiver.Received.Soon());
        Assert.True(receiver.Lease.BytesSent < Length);
    }

    /// <summary>The last byte is checked before the log has room for it, and may come once more.</summary>
    [Fact]
    public async Task LastByte_CountsOnce_WhenItsConnectionBreaks_WhileTheLogIsFull()
    {
        using var test = new TestRelay(static options =>
        {
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
            options.WindowBytes = 64 * 1024;
        });
        const int length = (64 * 1024) + 1;
        var sha256 = SHA256.HashData(TestBytes.Create(TestSender.Seed, length));
        await using (var first = test.Send("file", length, new SendTerms { Sha256 = sha256 }))
        {
            await first.WriteAsync(0, length);
            await first.CompleteAsync();
            await Eventually.TrueAsync(() => test.Token.Channel.FindStatus("file")?.Transfer.Held.To == length - 1, "the log is full");
            await first.AbortAsync();
            await first.Result.Soon();
        }

        await using var receiver = test.Receive(pipe: PipeOptionsChoice.Unlimited);
        await using var rest = await test.ResumeAsync(length - 1);
        await rest.WriteAsync(length - 1, 1);
        await rest.CompleteAsync();

        Assert.Equal(length, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        Assert.Equal(TransferError.None, (await rest.Result.Soon()).Error);
    }

    /// <summary>Whatever the pieces and the breaks, the file ends well if its bytes have the digest, and only then.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task File_EndsWell_IfAndOnlyIfItHasTheDigest(int seed)
    {
        var random = new Random(seed);
        var isRight = random.Next(2) == 0;
        var sha256 = isRight ? Right : Wrong;
        var declares = new SendTerms { Sha256 = sha256, EndsFile = random.Next(2) == 0 };
        long? length = random.Next(2) == 0 ? Length : null;
        var sender = _test.Send("file", length, declares);
        await using var receiver = _test.Receive();
        var received = receiver.TakeAllAsync();
        for (var offset = 0; ; offset = (int)await HeldAsync())
        {
            // A part, and then the end of its connection: by the sender's word, or by a break.
            var end = random.Next(3) == 0 ? Length : random.Next(offset, Length + 1);
            var breaks = random.Next(2) == 0 || (declares.EndsFile && end < Length);
            await sender.WriteAsync(offset, end - offset);
            await sender.CompleteAsync(breaks ? new IOException("The network is gone.") : null);
            if (!breaks && end == Length && (declares.EndsFile || length is not null))
            {
                break;
            }

            await sender.Result.Soon();
            await sender.DisposeAsync();
            declares = new SendTerms
            {
                Sha256 = random.Next(2) == 0 ? sha256 : (ReadOnlyMemory<byte>?)null,
                EndsFile = random.Next(2) == 0,
            };
            sender = await _test.ResumeAsync(await HeldAsync(), terms: declares);
        }

        await received;
        if (isRight)
        {
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        await using (sender)
        {
            var expected = isRight ? TransferError.None : TransferError.DigestMismatch;
            Assert.Equal(expected, (await sender.Result.Soon()).Error);
            Assert.Equal(expected, await receiver.Received.Soon());
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 200)];

    private static Task SendRestAsync(TestSender sender) => SendRestAsync(sender, offset: 1_999);

    private static async Task SendRestAsync(TestSender sender, int offset)
    {
        await sender.WriteAsync(offset, Length - offset);
        await sender.CompleteAsync();
    }

    private static async Task AssertEndsAsync(TestSender sender, TestReceiver receiver, bool isRight)
    {
        var got = await receiver.TakeAllAsync();
        if (isRight)
        {
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        var end = await sender.Result.Soon();
        Assert.Equal(isRight ? TransferError.None : TransferError.DigestMismatch, end.Error);
        Assert.Equal(isRight, got == Length);
        Assert.Equal(isRight, await receiver.Received.Soon() == TransferError.None);
    }

    /// <summary>A sender declares the digest and breaks off. The last byte of what it has sent is still in its connection.</summary>
    private async Task BreakOffAsync(int sent, byte[] sha256)
    {
        await using var sender = _test.Send("file", Length, new SendTerms { Sha256 = sha256 });
        if (sent > 0)
        {
            await sender.WriteAsync(0, sent);
            await Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file")?.Transfer.Held.To == sent - 1, "the bytes are there");
        }

        await sender.AbortAsync();
        await sender.Result.Soon();
    }

    private async Task<long> HeldAsync()
    {
        await Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file") is not null, "the file is there");
        return _test.Token.Channel.FindStatus("file")!.Transfer.Held.To;
    }
}
