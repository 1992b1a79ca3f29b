using System.Net;
using Beam.Client.Tests.Servers;

namespace Beam.Client.Tests.Sending;

/// <summary>Servers that ask to come again later, or never with that file.</summary>
[Trait("Rule", "P15")]
public sealed class RefusalTests : ClientTests
{
    [Theory]
    [InlineData("over_quota", 61)]
    [InlineData("too_many_at_a_time", 86_400)]
    [InlineData("over_quota", 5_000_000)]
    public async Task Sender_FailsAtOnce_WhenItIsAskedToWaitLongerThanItWould(string code, int seconds)
    {
        var refusal = new Refusal((int)HttpStatusCode.TooManyRequests, code, TimeSpan.FromSeconds(seconds));
        var server = await StartServerAsync(configureApp: refusal.Configure);

        // Time stands still: a client that waits, waits forever.
        var beam = NewClient(server.BaseAddress, static options => options.TimeProvider = new FakeClock());
        var link = (await beam.MintAsync()).Link.WithName("a");

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.SendAsync(link, new PatternStream(1, 10)).Soon());

        Assert.Equal((BeamError.Busy, code, TimeSpan.FromSeconds(seconds)), (exception.Error, exception.Code, exception.RetryAfter));
        Assert.Equal(1, refusal.Uploads);
    }

    [Fact]
    public async Task Sender_AsksAgainAfterADay_WhenItHasMoreTimeThanATimerTakes()
    {
        var refusal = new Refusal((int)HttpStatusCode.TooManyRequests, "over_quota", TimeSpan.FromDays(60), times: 1);
        var server = await StartServerAsync(configureApp: refusal.Configure);
        var clock = new FakeClock();
        var beam = NewClient(server.BaseAddress);
        var patient = NewClient(server.BaseAddress, options =>
        {
            options.TimeProvider = clock;
            options.GiveUpAfter = TimeSpan.FromDays(100);
            options.IdleTimeout = TimeSpan.FromDays(30);
        });
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = patient.SendAsync(link, new PatternStream(1, 10));
        var receiving = beam.ReceiveAsync(link, new VerifyingStream(1));
        await Eventually.TrueAsync(
            () => sending.IsCompleted || (clock.NextDue is { } due && due > TimeSpan.FromHours(1) && due <= TimeSpan.FromDays(1)),
            "the sender waits for no longer than a day");
        clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
        await receiving.Soon();
        Assert.Equal(2, refusal.Uploads);
    }

    [Fact]
    public async Task Sender_TriesNoSmallerPieces_WhenTheFileIsMoreThanItMaySend()
    {
        var refusal = new Refusal((int)HttpStatusCode.RequestEntityTooLarge, "over_quota");
        var server = await StartServerAsync(configureApp: refusal.Configure);
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.SendAsync(link, new PatternStream(1, 3_000_000)).Soon());

        Assert.Equal((BeamError.TooLarge, "over_quota", 1), (exception.Error, exception.Code, refusal.Uploads));
    }
}
