using Beam.Client.Tests.Servers;

namespace Beam.Client.Tests.Sending;

/// <summary>Where no request may be large.</summary>
[Trait("Rule", "P24")]
public sealed class PieceTests : ClientTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(99_999, true)]
    [InlineData(100_000, true)]
    [InlineData(100_001, false)]
    [InlineData(1_000_000, true)]
    [InlineData(1_000_000, false)]
    [InlineData(1_234_567, false)]
    public async Task File_GoesInPieces_AsTheServerSays(int length, bool isSeekable)
    {
        var server = await StartServerAsync(configureHttp: options => options.MaxAppendBytes = 100_000);
        var gateway = OwnAsync(await Gateway.StartAsync(server, maxBodyBytes: 100_000));
        var beam = NewClient(gateway.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = beam.SendAsync(link, new PatternStream(1, length, isSeekable));
        var destination = new VerifyingStream(1);
        var received = await beam.ReceiveAsync(link, destination).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((length, length, length), (destination.Verified, received.Bytes, receipt.Bytes));
        Assert.Equal((BeamOutcome.Confirmed, true, true), (receipt.Outcome, receipt.IsVerified, received.IsVerified));
        Assert.Equal(0, gateway.Refused);
    }

    [Fact]
    public async Task File_GoesInSmallerAndSmallerPieces_ThroughAProxyThatRefusesLargeOnes()
    {
        var server = await StartServerAsync();
        var gateway = OwnAsync(await Gateway.StartAsync(server, maxBodyBytes: 400_000));
        var beam = NewClient(gateway.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = beam.SendAsync(link, new PatternStream(2, 3_000_000));
        var received = await beam.ReceiveAsync(link, new VerifyingStream(2)).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((3_000_000, true, 3_000_000, true), (receipt.Bytes, receipt.IsVerified, received.Bytes, received.IsVerified));
        Assert.InRange(gateway.Refused, 1, 5);
    }

    [Fact]
    public async Task File_IsTooLarge_WhenTheServerSaysSo()
    {
        var server = await StartServerAsync(options => options.MaxTransferBytes = 1000);
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.SendAsync(link, new PatternStream(3, 1001)).Soon());

        Assert.Equal((BeamError.TooLarge, "too_large"), (exception.Error, exception.Code));
    }
}
