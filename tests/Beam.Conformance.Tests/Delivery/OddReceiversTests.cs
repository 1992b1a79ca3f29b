using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Beam.Conformance.Tests.Delivery;

/// <summary>Receivers that are slow, wait for the server's end, or do not read at all.</summary>
[Trait("Rule", "P2")]
public sealed class OddReceiversTests : DeliveryTest
{
    [Fact]
    public async Task Connection_IsClosedSoonAndConfirmed_WhenTheClientWaitsForItsEnd()
    {
        await using var upload = await UploadAsync();
        using var client = await AskAsync(upload);
        client.Patience = TimeSpan.FromSeconds(1.5);
        var body = await client.ReadBodyAsync(await client.ReadHeadAsync());

        var rest = await client.ReadToEndAsync();
        client.Dispose();

        Assert.Equal(upload.Bytes, body.Bytes);
        Assert.Equal(ConnectionEnd.Orderly, rest.End);
        await upload.AssertSucceededAsync("confirmed");
    }

    [Fact]
    public async Task Sender_HearsConfirmed_WhenTheClientHalfCloses()
    {
        await using var upload = await UploadAsync();
        using var client = await AskAsync(upload);
        await client.ReadBodyAsync(await client.ReadHeadAsync());

        client.FinishSending();

        await upload.AssertSucceededAsync("confirmed");
    }

    [Fact]
    public async Task Sender_HearsSentAtTheStallLimit_WhenTheClientNeverReads()
    {
        await using var upload = await UploadAsync(100_000);
        using var client = await AskAsync(upload);

        await upload.AssertSucceededAsync("sent");

        var body = await client.ReadBodyAsync(await client.ReadHeadAsync());
        Assert.Equal(upload.Bytes, body.Bytes);
    }

    [Fact]
    public async Task Sender_HearsConfirmed_OverHttp10()
    {
        await using var upload = await UploadAsync();
        using var client = await AskAsync(upload, "HTTP/1.0");

        var body = await client.ReadBodyAsync(await client.ReadHeadAsync());
        client.Dispose();

        Assert.Equal(upload.Bytes, body.Bytes);
        await upload.AssertSucceededAsync("confirmed");
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Http10Receiver_SeesAReset_WhenASenderWithoutLengthDies()
    {
        var url = $"{Host.Http1Url}/{await Host.MintAsync()}/file.bin";
        using var client = await RawHttpClient.ConnectAsync(Host.Port);
        await client.SendAsync($"GET {new Uri(url).AbsolutePath} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        await using var sender = ClientProcess.Start(
            "curl", ["-sS", "--fail", "-T", "-", url], new ClientProcessOptions { KeepInputOpen = true });
        await sender.StandardInput.WriteAsync(new byte[5000]);
        await sender.StandardInput.FlushAsync();
        var head = await client.ReadHeadAsync();
        await client.ReadAsync(5000);

        sender.Kill();

        Assert.Null(head["Content-Length"]);
        Assert.Equal(ConnectionEnd.Reset, (await client.ReadToEndAsync()).End);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task SlowReceiver_IsNotTakenForStalled_BehindLargeSocketBuffers()
    {
        // Eight seconds at this rate, of which the server sees but the first: the rest lies in the receiver's socket buffer.
        await using var upload = await UploadAsync(512 * 1024);

        await using var client = ClientProcess.Start("curl", "-sS", "--fail", "--limit-rate", "64K", Host.Http1Url + upload.Path);

        Assert.True(await client.WaitAsync() == 0, client.Describe());
        await upload.AssertSucceededAsync("confirmed");
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task SlowReceiver_IsNotTakenForStalled_OverHttp10WithTls()
    {
        var bytes = TestBytes.Create(1, 12_000_000);
        var path = $"/{await Host.MintAsync()}/file.bin";
        await using var sender = ClientProcess.Start(
            "curl", ["-sS", "--fail", "-T", "-", Host.Http1Url + path], new ClientProcessOptions { Input = new MemoryStream(bytes) });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(Host.HttpsUrl!).Port);
        await using var client = new SslStream(
            new NetworkStream(socket),
            leaveInnerStreamOpen: false,
            static (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        await client.AuthenticateAsClientAsync("localhost");
        await client.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\n\r\n"));
        using var received = new MemoryStream();
        var piece = new byte[4096];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        for (var i = 0; i < 50 && await pace.WaitForNextTickAsync(); i++)
        {
            received.Write(piece, 0, await client.ReadAsync(piece));
        }

        await client.CopyToAsync(received);

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
        Assert.True(received.ToArray().AsSpan().EndsWith(bytes));
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task SlowReceiver_IsNotTakenForStalled_WhenTheFileIsLargerThanAllBuffers()
    {
        await using var upload = await UploadAsync(12_000_000);
        using var client = await AskAsync(upload, receiveBufferBytes: 128 * 1024);
        var head = await client.ReadHeadAsync();
        var first = new List<byte>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        for (var i = 0; i < 50 && await pace.WaitForNextTickAsync(); i++)
        {
            first.AddRange(await client.ReadAsync(12_800));
        }

        var rest = await client.ReadAsync(upload.Bytes.Length - first.Count);
        client.Dispose();

        Assert.Equal(200, head.Status);
        Assert.True(upload.Bytes.AsSpan().SequenceEqual([.. first, .. rest]));
        await upload.AssertSucceededAsync("confirmed");
    }
}
