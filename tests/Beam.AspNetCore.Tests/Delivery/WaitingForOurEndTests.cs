using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>Receivers that close only after the server has: they get its end as soon as they have everything.</summary>
[Trait("Rule", "P2")]
public sealed class WaitingForOurEndTests : HttpTests
{
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(100);

    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.0")]
    public async Task Receiver_GetsIt_WithinAMoment(string version)
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var path = $"{server.Mint()}/a";
        var sender = Curl("--fail", "-T", NewFolder().Write("a", TestBytes.Create(1, 5000)), server.Url(path));
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET {new Uri(server.Url(path)).AbsolutePath} {version}\r\nHost: localhost\r\n\r\n");
        var body = await receiver.ReadBodyAsync(await receiver.ReadHeadAsync());
        var end = receiver.ReadToEndAsync();

        await PassWithinAMomentAsync(end);
        receiver.Dispose();

        Assert.Equal(ConnectionEnd.Orderly, (await end).End);
        Assert.Equal(5000, body.Bytes.Length);
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("confirmed: ", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Without a length or chunks the end of the connection is that of the file.</summary>
    [Fact]
    public async Task Receiver_OverTls_IsNotKeptWaiting_WhenOnlyTheEndSaysWhatIsWhole()
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var path = $"{server.Mint()}/a";
        var sender = Curl(new ClientProcessOptions { KeepInputOpen = true }, "--fail", "-T", "-", server.Url(path));
        await sender.StandardInput.WriteAsync(TestBytes.Create(1, 5000));
        await sender.StandardInput.FlushAsync();
        var receiver = Curl("-k", "--http1.0", "--no-alpn", "--fail", server.Url(path, Wire.TlsHttp1));
        await receiver.WaitForOutputAsync(5000);
        sender.StandardInput.Close();

        await PassWithinAMomentAsync(Task.WhenAll(receiver.WaitAsync(), sender.WaitAsync()));

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, 5000), receiver.Output);
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>
    /// Lets time pass where somebody waits for a short while, until <paramref name="end"/>. It goes slowly: a system may take a fifth of a
    /// second to acknowledge.
    /// </summary>
    private async Task PassWithinAMomentAsync(Task end)
    {
        const int LooksPerStep = 8;
        var looks = 0;
        await Eventually.TrueAsync(
            () =>
            {
                if (++looks % LooksPerStep == 0 && _clock.NextDue is { } due && _clock.Elapsed + due < AMoment)
                {
                    _clock.Advance(due);
                }

                return end.IsCompleted;
            },
            "the connection has ended");
    }
}
