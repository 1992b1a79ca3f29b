using System.Net;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>A kernel that does not count what clients acknowledge, as that of a sandbox: unknown means sent, and never lost.</summary>
[Trait("Rule", "P2")]
public sealed class UnknownAcknowledgementTests : HttpTests
{
    private const int Size = 200_000;

    public static MatrixTheoryData<KernelGap, Wire> GapsAndWires => new(
        [KernelGap.Zeros, KernelGap.ZerosBehind, KernelGap.CutShort, KernelGap.Missing],
        [Wire.Http1, Wire.H2c, Wire.TlsHttp1, Wire.TlsHttp2]);

    [Theory]
    [MemberData(nameof(GapsAndWires))]
    public async Task Sender_HearsSent_WhenTheReceiverEndsInOrder(KernelGap gap, Wire wire)
    {
        var server = await StartAsync(gap);
        var path = $"{server.Mint()}/a";
        var receiver = Curl(wire, "--fail", server.Url(path, wire));

        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith($"sent: {Size} bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KernelGap.Zeros)]
    [InlineData(KernelGap.ZerosBehind)]
    [InlineData(KernelGap.CutShort)]
    [InlineData(KernelGap.Missing)]
    public async Task Sender_HearsOfTheLoss_WhenTheReceiverIsReset(KernelGap gap)
    {
        var server = await StartAsync(gap);
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        await server.WaitForAsync(TransferState.Confirming);

        // Its system has taken every byte. Closing with unread bytes makes the system send a reset.
        receiver.Dispose();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http1.0")]
    public async Task Sender_HearsConfirmed_WhenOnlyTheSentBytesAreNotTold(string protocol)
    {
        var server = await StartAsync(KernelGap.NoSentBytes);
        var path = $"{server.Mint()}/a";
        var receiver = Curl(protocol, "--fail", server.Url(path));

        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith($"confirmed: {Size} bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KernelGap.Zeros, 1)]
    [InlineData(KernelGap.NoSentBytes, 0)]
    public async Task Operator_ReadsInTheLog_WhenTheKernelDoesNotTell(KernelGap gap, int lines)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody expects it.");
        var server = await StartAsync(gap);

        Assert.Equal(lines, server.LogsOfBeam().Count(static entry => entry.EventId.Name == "AcknowledgementsUnknown"));
    }

    private Task<BeamServer> StartAsync(KernelGap gap)
        => StartServerAsync(setup => setup.Services
            = builder => builder.Services.AddSingleton<ITcpInfoOption>(new TcpInfoStub(gap)));
}
