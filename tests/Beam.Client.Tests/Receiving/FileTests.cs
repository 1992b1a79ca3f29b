using Beam.Client.Tests.Progress;
using Beam.Client.Tests.Sending;
using Beam.Client.Tests.Servers;
using Beam.Transfers;

namespace Beam.Client.Tests.Receiving;

/// <summary>What lies on the disk, before, during and after.</summary>
public sealed class FileTests : ClientTests
{
    private const int Length = 3_000_000;

    [Fact]
    [Trait("Rule", "P22")]
    public async Task Receiver_GoesOnInASecondRun_WhereTheFirstBrokeOff()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a.bin");
        var content = new GatedStream(1, Length, gateAt: 1_000_000);
        var sending = beam.SendAsync(link, content);
        using (var stop = new CancellationTokenSource())
        {
            var first = beam.ReceiveAsync(link, folder["a.bin"], cancellationToken: stop.Token);
            await Eventually.TrueAsync(
                () => folder.Files() is [var file] && new FileInfo(folder[file]).Length == 1_000_000,
                "the beginning is here");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        }

        Assert.Matches("^a\\.bin\\.[a-z0-9-]+\\.beam-part$", Assert.Single(folder.Files()));
        content.Open();
        var handed = new List<long>();
        var received = await beam.ReceiveAsync(link, folder["a.bin"], new BeamReceiveOptions { Progress = new Handed(handed) }).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((Length, true), (received.Bytes, received.IsVerified));
        Assert.Equal((BeamOutcome.Confirmed, true), (receipt.Outcome, receipt.IsVerified));
        Assert.Equal(["a.bin"], folder.Files());
        Assert.Equal(-1, TestBytes.FindMismatch(1, 0, await File.ReadAllBytesAsync(folder["a.bin"])));
        Assert.All(handed.Where(static bytes => bytes > 0), static bytes => Assert.True(bytes >= 1_000_000));
    }

    [Fact]
    public async Task FileThatExists_IsNotReplaced_UnlessThatIsAskedFor()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        folder.Write("a", [1]);
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(5, 1000));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.ReceiveAsync(link, folder["a"]).Soon());
        Assert.Equal(BeamError.TargetExists, exception.Error);
        Assert.False(sending.IsCompleted);

        await beam.ReceiveAsync(link, folder["a"], new BeamReceiveOptions { Overwrite = true }).Soon();
        await sending.Soon();
        Assert.Equal(TestBytes.Create(5, 1000), await File.ReadAllBytesAsync(folder["a"]));
    }

    [Fact]
    public async Task FileThatDoesNotFit_IsRefused_BeforeAnythingIsWritten()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(
            link, new PatternStream(6, 1L << 50), cancellationToken: TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.ReceiveAsync(link, folder["a"]).Soon());

        Assert.Equal(BeamError.NoLocalSpace, exception.Error);
        Assert.Empty(folder.Files());
        await beam.CancelAsync(link);
        await Assert.ThrowsAsync<BeamException>(() => sending.Soon());
    }

    [Fact]
    [Trait("Rule", "P30")]
    public async Task LongName_IsKept_AndItsPartialFits()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var name = string.Concat(Enumerable.Repeat("ü", 125)) + ".data";
        var link = (await beam.MintAsync()).Link.WithName(name);

        var sending = beam.SendAsync(link, new PatternStream(7, 1000));
        await beam.ReceiveAsync(link, folder.Path).Soon();
        await sending.Soon();

        Assert.Equal([name], folder.Files());
    }

    [Fact]
    public async Task FolderThatIsNotThere_IsFoundOut_BeforeTheFileIsClaimed()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(1, 1000));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => beam.ReceiveAsync(link, folder["absent/a"]).Soon());
        Assert.Empty((await beam.GetStatusAsync(link))!.Receivers);

        Assert.Equal(1000, (await beam.ReceiveAsync(link, folder["a"]).Soon()).Bytes);
        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
        Assert.Equal(["a"], folder.Files());
    }

    [Fact]
    public async Task Sender_SendsAFileUnderItsOwnName()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;

        var sending = beam.SendAsync(channel, folder.Write("report 1.pdf", [1, 2, 3]));
        await beam.ReceiveAsync(channel.WithName("report 1.pdf"), folder["received"]).Soon();

        Assert.Equal(3, (await sending.Soon()).Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P2")]
    public async Task PlainSender_IsRefusedASuccess_WhenTheFileCannotBeStored(bool asksForTheNext)
    {
        var server = await StartServerAsync(static options => options.ResumeTimeout = TimeSpan.Zero);
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        using var http = new HttpClient();
        var sending = http.PutAsync(channel.WithName("a").Url, new ByteArrayContent([1, 2, 3]));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        // By a name that is there already, or by a stream that fails when the first bytes have come.
        folder.Write("a", [4]);
        var exception = await Record.ExceptionAsync(() => (asksForTheNext
            ? beam.ReceiveAsync(channel, folder.Path)
            : beam.ReceiveAsync(channel.WithName("a"), static (_, _) => throw new IOException("no room"))).Soon());

        Assert.True(exception is BeamException { Error: BeamError.TargetExists } or IOException, exception?.ToString());
        using var answer = await sending.Soon();
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal([4], await File.ReadAllBytesAsync(folder["a"]));
    }
}
