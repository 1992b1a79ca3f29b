using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>Files that pass the Functions host twice.</summary>
public sealed class TransferTests(PublishedSample sample) : FunctionsTests(sample)
{
    private const int Mebibyte = 1024 * 1024;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    // The runtime, the buffers of some connections and the relay's window; far from the size of the file.
    private const long MemoryCeiling = 256 * Mebibyte;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_PassesUnchanged_UpToTheBodyLimit(bool senderFirst)
    {
        var host = await StartAsync();
        var url = $"{host.Url}/{await MintAsync(host)}/file.bin";
        var file = Folder.Write("file.bin", TestBytes.Create(seed: 1, 90 * Mebibyte));
        var first = senderFirst ? Send() : Receive();
        var second = senderFirst ? Receive() : Send();

        Assert.True(await second.WaitAsync(TimeSpan.FromMinutes(1)) == 0, second.Describe());
        Assert.True(await first.WaitAsync(TimeSpan.FromMinutes(1)) == 0, first.Describe());
        await using var copy = File.OpenRead(Folder["copy.bin"]);
        Assert.Equal(90 * Mebibyte, await VerifyingStream.VerifyAsync(copy, seed: 1));

        ClientProcess Send() => Curl("--fail", "-T", file, url);
        ClientProcess Receive() => Curl("--fail", "-o", Folder["copy.bin"], url);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_HearsSent_BecauseTheConnectionIsTheHosts()
    {
        var host = await StartAsync();
        var url = $"{host.Url}/{await MintAsync(host)}/pipe";
        var receiver = Curl("--fail", url);
        var sender = Curl(new ClientProcessOptions { Input = new MemoryStream("without a length"u8.ToArray()) }, "--fail", "-T", "-", url);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal("without a length", receiver.OutputText);
        Assert.StartsWith("sent: 16 bytes to 1 receiver", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Memory_StaysBounded_ForALargeFile()
    {
        const long Size = 512L * Mebibyte;
        var host = await StartAsync(static settings => settings.AppSettings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = $"{Size}");
        var url = new Uri($"{host.Url}/{await MintAsync(host)}/large");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };

        var sent = http.PutAsync(url, new StreamContent(new PatternStream(seed: 2, Size)));
        await using var received = await http.GetStreamAsync(url);
        Assert.Equal(Size, await VerifyingStream.VerifyAsync(received, seed: 2));
        using var answer = await sent;

        Assert.True(answer.IsSuccessStatusCode);
        Assert.InRange(host.Program.PeakMemoryBytes(), 0, MemoryCeiling);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Sender_IsHeldToItsReceiversPace()
    {
        const int Size = 90 * Mebibyte;
        var host = await StartAsync();
        var url = $"{host.Url}/{await MintAsync(host)}/held";
        var receiver = Curl("--fail", url);
        var offered = new PatternStream(seed: 3, Size);
        var sender = Curl(new ClientProcessOptions { Input = offered }, "--fail", "-T", "-", url);
        await receiver.WaitForOutputAsync(1);
        receiver.Signal(StopSignal);

        // It stands still when every buffer on the way is full, long before the end of the file.
        var taken = -1L;
        await Eventually.TrueAsync(
            async () =>
            {
                var before = taken;
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
                taken = offered.Position;
                return taken == before;
            },
            "the sender stands still",
            TimeSpan.FromSeconds(30));
        Assert.InRange(taken, 1, Size - 1);

        receiver.Signal(ContinueSignal);
        Assert.True(await receiver.WaitAsync(TimeSpan.FromMinutes(1)) == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(-1, TestBytes.FindMismatch(seed: 3, offset: 0, receiver.Output));
        Assert.Equal(Size, receiver.Output.Length);
    }
}
