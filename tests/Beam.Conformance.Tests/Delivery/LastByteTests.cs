namespace Beam.Conformance.Tests.Delivery;

/// <summary>A receiver that is killed while the last byte is on its way to it has not got that byte, although it ends in order.</summary>
[Trait("Rule", "P2")]
public sealed class LastByteTests : DeliveryTest
{
    private const int Rounds = 40;

    [Fact]
    public async Task Sender_IsNeverToldConfirmed_WhenTheReceiverIsKilledAsTheLastByteComes()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var path = $"/{await Host.MintAsync()}/file.bin";
            await using var receiver = ClientProcess.Start("curl", "-sS", "-N", "--fail", Host.Http1Url + path);
            using var sender = await RawHttpClient.ConnectAsync(Host.Port);
            await sender.SendAsync($"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
            await sender.SendAsync(new byte[999]);
            await receiver.WaitForOutputAsync(999);

            // Everything that has come is read, so that its system says goodbye in order.
            receiver.Kill();
            await sender.SendAsync(new byte[1]);

            var head = await sender.ReadHeadAsync();
            var text = (await sender.ReadBodyAsync(head)).Text;
            Assert.True(head.Status == 502, $"Round {round}: {head.Status} {text}");
        }
    }
}
