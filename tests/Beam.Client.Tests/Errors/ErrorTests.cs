using System.Net;
using System.Security.Cryptography;
using Beam.Client.Tests.Sending;
using Beam.Client.Tests.Servers;
using Beam.Transfers;

namespace Beam.Client.Tests.Errors;

/// <summary>Every outcome that is not a success has its name.</summary>
public sealed class ErrorTests : ClientTests
{
    private static readonly string NoToken = new('a', 26);

    [Fact]
    [Trait("Rule", "P8")]
    public async Task UnknownToken_IsNotFound_ForBothSides()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = new BeamLink(server.BaseAddress, NoToken, "a");

        var sent = await FailAsync(beam.SendAsync(link, new PatternStream(1, 10)));
        var received = await FailAsync(beam.ReceiveAsync(link, new MemoryStream()));
        var next = await FailAsync(beam.ReceiveAsync(new BeamLink(server.BaseAddress, NoToken), new MemoryStream()));

        Assert.Equal((BeamError.NotFound, HttpStatusCode.NotFound, "unknown_token"), (sent.Error, sent.StatusCode, sent.Code));
        Assert.Equal((BeamError.NotFound, BeamError.NotFound), (received.Error, next.Error));
        Assert.All([sent, received, next], exception => Assert.DoesNotContain(NoToken, exception.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task TokenWithoutTheRight_IsForbidden()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        var send = (await beam.MintAsync(channel, BeamRights.Send)).Link.WithName("a");
        var receive = (await beam.MintAsync(channel, BeamRights.Receive)).Link.WithName("a");

        Assert.Equal(BeamError.Forbidden, (await FailAsync(beam.SendAsync(receive, new PatternStream(1, 10)))).Error);
        Assert.Equal(BeamError.Forbidden, (await FailAsync(beam.ReceiveAsync(send, new MemoryStream()))).Error);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task OtherSideThatDoesNotCome_IsNamed()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        var second = TimeSpan.FromSeconds(1);

        var sent = FailAsync(beam.SendAsync(channel.WithName("a"), new PatternStream(1, 10), new BeamSendOptions { Wait = second }));
        var received = FailAsync(beam.ReceiveAsync(channel.WithName("b"), new MemoryStream(), new BeamReceiveOptions { Wait = second }));
        Assert.Equal((BeamError.NoReceiver, BeamError.NoSender), ((await sent).Error, (await received).Error));
        Assert.Equal(TimeSpan.FromSeconds(5), (await sent).RetryAfter);

        var next = FailAsync(beam.ReceiveAsync(channel, new MemoryStream(), new BeamReceiveOptions { Wait = second }));
        Assert.Equal(BeamError.NoSender, (await next).Error);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task NameThatIsInUse_IsNamed()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var first = beam.SendAsync(link, new PatternStream(1, 10));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        Assert.Equal(BeamError.NameInUse, (await FailAsync(beam.SendAsync(link, new PatternStream(1, 10)))).Error);

        await beam.ReceiveAsync(link, new VerifyingStream(1)).Soon();
        Assert.Equal(BeamOutcome.Confirmed, (await first.Soon()).Outcome);
    }

    [Fact]
    [Trait("Rule", "P20")]
    public async Task SecondAndLateReceivers_AreTold()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new GatedStream(1, 200_000, gateAt: 100_000);
        var sending = beam.SendAsync(link, content);
        var first = beam.ReceiveAsync(link, new VerifyingStream(1));
        await server.WaitForAsync(TransferState.Streaming);

        Assert.Equal(BeamError.AlreadyReceiving, (await FailAsync(beam.ReceiveAsync(link, new MemoryStream()))).Error);
        content.Open();
        await first.Soon();
        await sending.Soon();
        Assert.Equal(BeamError.Gone, (await FailAsync(beam.ReceiveAsync(link, new MemoryStream()))).Error);
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task BothSides_AreTold_WhenTheTransferIsCancelled()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var watchful = NewClient(server.BaseAddress, options => options.IdleTimeout = TimeSpan.FromMilliseconds(200));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = FailAsync(watchful.SendAsync(link, new GatedStream(1, 200_000, gateAt: 100_000)));
        var receiving = FailAsync(beam.ReceiveAsync(link, new MemoryStream()));
        await server.WaitForAsync(TransferState.Streaming);

        await beam.CancelAsync(link);

        Assert.Equal((BeamError.Cancelled, BeamError.Cancelled), ((await sending).Error, (await receiving).Error));
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task BothSides_AreTold_WhenTheTokenIsRevoked()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        var sending = FailAsync(beam.SendAsync(channel.WithName("a"), new PatternStream(1, 10)));
        var receiving = FailAsync(beam.ReceiveAsync(channel.WithName("b"), new MemoryStream()));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        await server.WaitForAsync(TransferState.WaitingForSender);

        await beam.RevokeAsync(channel);

        Assert.Equal((BeamError.TokenEnded, BeamError.TokenEnded), ((await sending).Error, (await receiving).Error));
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task TokenThatIsUsedUp_HasEnded()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        var once = (await beam.MintAsync(channel, BeamRights.Send, uses: 1)).Link;
        await Task.WhenAll(
            beam.SendAsync(once.WithName("a"), new PatternStream(1, 10)),
            beam.ReceiveAsync(channel.WithName("a"), new VerifyingStream(1))).Soon();

        Assert.Equal(BeamError.TokenEnded, (await FailAsync(beam.SendAsync(once.WithName("b"), new PatternStream(1, 10)))).Error);
    }

    [Fact]
    [Trait("Rule", "P27")]
    public async Task WrongDigest_FailsBothSides_BeforeTheLastByteLeaves()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = FailAsync(beam.SendAsync(link, new PatternStream(1, 100_000), new BeamSendOptions { Sha256 = SHA256.HashData([1]) }));
        var receiving = FailAsync(beam.ReceiveAsync(link, folder["a"]));

        Assert.Equal((BeamError.DigestMismatch, BeamError.DigestMismatch), ((await sending).Error, (await receiving).Error));
        Assert.DoesNotContain("a", folder.Files());
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task ServerWithoutRoom_IsBusyOrFull()
    {
        var server = await StartServerAsync(options => options.MaxTransfers = 1);
        var beam = NewClient(server.BaseAddress);
        var impatient = NewClient(server.BaseAddress, options => options.GiveUpAfter = TimeSpan.Zero);
        var channel = (await beam.MintAsync()).Link;
        var first = beam.SendAsync(channel.WithName("a"), new PatternStream(1, 10));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var busy = await FailAsync(impatient.SendAsync(channel.WithName("b"), new PatternStream(1, 10)));
        Assert.Equal((BeamError.Busy, TimeSpan.FromSeconds(5)), (busy.Error, busy.RetryAfter));
        await beam.ReceiveAsync(channel.WithName("a"), new VerifyingStream(1)).Soon();
        await first.Soon();

        var full = await FailAsync(beam.SendAsync(
            channel.WithName("c"), new PatternStream(1, 1_000_000_000), new BeamSendOptions { HandIn = true }));
        Assert.Equal(BeamError.NoRoom, full.Error);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task ReceiverThatIsLost_IsNamed()
    {
        var server = await StartServerAsync(options => options.ResumeTimeout = TimeSpan.Zero);
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = FailAsync(beam.SendAsync(link, new PatternStream(1, 100_000_000)));
        using var stop = new CancellationTokenSource();
        var receiving = beam.ReceiveAsync(link, new VerifyingStream(1), cancellationToken: stop.Token);
        await server.WaitForAsync(TransferState.Streaming);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.Soon());
        Assert.Equal(BeamError.ReceiverLost, (await sending).Error);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task SenderThatIsLost_IsNamed()
    {
        var server = await StartServerAsync(options => options.ResumeTimeout = TimeSpan.Zero);
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        using var stop = new CancellationTokenSource();
        var sending = beam.SendAsync(link, new GatedStream(1, 200_000, gateAt: 100_000), cancellationToken: stop.Token);
        var receiving = FailAsync(beam.ReceiveAsync(link, new MemoryStream()));
        await server.WaitForAsync(TransferState.Streaming);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.Soon());
        Assert.Equal(BeamError.SenderLost, (await receiving).Error);
    }

    [Fact]
    public async Task ContentThatFails_IsToldToTheOtherSideAtOnce()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var receiving = FailAsync(beam.ReceiveAsync(link, new MemoryStream()));
        await server.WaitForAsync(TransferState.WaitingForSender);

        await Assert.ThrowsAsync<InvalidDataException>(() => beam.SendAsync(link, Broken()).Soon());

        Assert.Equal(BeamError.Cancelled, (await receiving).Error);

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Broken()
        {
            yield return new byte[1000];
            await Task.Yield();
            throw new InvalidDataException("The disk is bad.");
        }
    }

    [Fact]
    public async Task ContentThatIsTooShort_IsNamed()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");

        var exception = await FailAsync(beam.SendAsync(
            link, new PatternStream(1, 999, seekable: false), new BeamSendOptions { Length = 1000 }));

        Assert.Equal(BeamError.SourceTooShort, exception.Error);
        await server.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task ServerThatIsNoBeam_IsUnexpectedOrNotFound()
    {
        var server = await StartServerAsync();
        var beam = NewClient(new Uri(server.BaseAddress, "/elsewhere"));

        Assert.Equal(BeamError.NotFound, (await FailAsync(beam.MintAsync())).Error);
    }

    private static Task<BeamException> FailAsync<T>(Task<T> operation) => Assert.ThrowsAsync<BeamException>(() => operation.Soon());
}
