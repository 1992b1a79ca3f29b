using System.Security.Cryptography;
using Beam.Cli.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.Cli.Tests.Processes;

/// <summary>Either side is killed in the middle, and the same command goes on.</summary>
public sealed class ResumeTests : ToolTests
{
    private const int LargeBytes = 48_000_000;
    private const int FirstBytes = 1_000_000;

    private volatile bool _hidesDigests;
    private volatile bool _losesAnswers;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_GoesOn_AfterKill(bool isFolder)
    {
        Directory.CreateDirectory(Folder["things"]);
        Folder.Write("things/large", TestBytes.Create(4, LargeBytes));
        Folder.Write("things/small", "small"u8);
        string[] command = ["send", isFolder ? "things" : "things/large"];
        var first = Beam(command);
        var link = await LinkOfAsync(first);

        // A receiver that stops reading: the sender cannot come to its end.
        using var response = await Server.Client.GetAsync(link, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var received = new MemoryStream();
        var start = new byte[FirstBytes];
        await body.ReadExactlyAsync(start);
        received.Write(start);
        first.Kill();
        await first.WaitAsync();

        var second = Beam(command);
        Assert.Equal(link, await LinkOfAsync(second));
        await body.CopyToAsync(received);

        await ExitsAsync(second, ExitCode.Success);
        Assert.Contains("Resuming", second.ErrorText, StringComparison.Ordinal);
        if (isFolder)
        {
            await File.WriteAllBytesAsync(Folder["received.tar"], received.ToArray());
            await ExitsAsync(Beam("unpack", "received.tar", "-o", "there"), ExitCode.Success);
            received.SetLength(0);
            received.Write(await File.ReadAllBytesAsync(Folder["there/things/large"]));
            Assert.Equal("small", await File.ReadAllTextAsync(Folder["there/things/small"]));
        }

        Assert.Equal(LargeBytes, received.Length);
        Assert.Equal(-1, TestBytes.FindMismatch(4, 0, received.ToArray()));
    }

    [Fact]
    public async Task Receiver_GoesOn_AfterKill()
    {
        // Two programs start while this upload lasts; each wait for them has its own limit.
        Server.Client.Timeout = Timeout.InfiniteTimeSpan;
        var token = await Server.MintAsync();
        var link = $"{Server.Url}/{token}/large";
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var content = new StreamContent(new GatedStream(new PatternStream(5, LargeBytes), FirstBytes, goOn.Task));
        var sending = Server.Client.PutAsync(link, content);
        string[] command = ["receive", link, "-o", "copy"];

        var first = Beam(command);
        await Eventually.TrueAsync(
            () => new DirectoryInfo(Folder.Path).EnumerateFiles("*.beam-part").Any(static file => file.Length > FirstBytes / 2),
            "the first bytes are on the disk",
            Patience);
        first.Kill();
        await first.WaitAsync();
        Assert.False(File.Exists(Folder["copy"]));

        var second = Beam(command);
        goOn.SetResult();

        await ExitsAsync(second, ExitCode.Success);
        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(["copy"], Folder.Files());
        Assert.Equal(LargeBytes, new FileInfo(Folder["copy"]).Length);
        Assert.Equal(-1, TestBytes.FindMismatch(5, 0, await File.ReadAllBytesAsync(Folder["copy"])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BothSides_GoOn_AfterOneIsKilled(bool isSender)
    {
        Folder.Write("large", TestBytes.Create(6, LargeBytes));
        Directory.CreateDirectory(Folder["there"]);

        // What the sender writes after the first bytes does not arrive: neither side can come to its end.
        await using var network = new FaultProxy(Server.Port) { Plan = static _ => new ConnectionFault(LoseAfterSent: FirstBytes) };
        string[] send = ["send", "large", "--server", $"http://127.0.0.1:{network.Port}"];
        var sender = Beam(send);
        var link = new UriBuilder(await LinkOfAsync(sender)) { Port = Server.Port }.Uri.AbsoluteUri;
        string[] receive = ["receive", link, "-o", "there"];
        var receiver = Beam(receive);
        await Eventually.TrueAsync(
            () => new DirectoryInfo(Folder["there"]).EnumerateFiles("*.beam-part").Any(static file => file.Length > FirstBytes / 2),
            "the first bytes are on the disk",
            Patience);

        var killed = isSender ? sender : receiver;
        killed.Kill();
        await killed.WaitAsync();
        network.Plan = static _ => default;
        network.CutAll();
        var again = Beam(isSender ? send : receive);

        await ExitsAsync(again, ExitCode.Success);
        await ExitsAsync(isSender ? receiver : sender, ExitCode.Success);
        Assert.Equal(["large", "there/large"], Folder.Files());
        Assert.Equal(-1, TestBytes.FindMismatch(6, 0, await File.ReadAllBytesAsync(Folder["there/large"])));
    }

    [Fact]
    public async Task Sender_HasALinkOfItsOwn_WhileAnotherSendsTheSame()
    {
        Folder.Write("file", "content"u8);
        var first = Beam("send", "file");
        var link = await LinkOfAsync(first);
        var second = Beam("send", "file");
        var other = await LinkOfAsync(second);

        Assert.NotEqual(link, other);
        Assert.Equal("content", await Server.Client.GetStringAsync(link));
        Assert.Equal("content", await Server.Client.GetStringAsync(other));
        await ExitsAsync(first, ExitCode.Success);
        await ExitsAsync(second, ExitCode.Success);
        Assert.Equal(["file"], Folder.Files());
    }

    [Fact]
    public async Task Sender_BeginsAnew_WhenTheFileHasChanged()
    {
        Folder.Write("file", "first"u8);
        var first = Beam("send", "file");
        var link = await LinkOfAsync(first);
        first.Kill();
        await first.WaitAsync();
        Folder.Write("file", "second"u8);

        var second = Beam("send", "file");
        var other = await LinkOfAsync(second);

        Assert.NotEqual(link, other);
        Assert.Equal("second", await Server.Client.GetStringAsync(other));
        await ExitsAsync(second, ExitCode.Success);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondRun_TellsTheOutcomeOfTheFirst_IfItIsOfTheSameContent(bool hasChanged)
    {
        var link = await SendUnseenAsync();
        var time = File.GetLastWriteTimeUtc(Folder["file"]);
        File.WriteAllText(Folder["file"], hasChanged ? "CONTENT" : "content");
        File.SetLastWriteTimeUtc(Folder["file"], time);

        var second = Beam("send", "file");
        if (hasChanged)
        {
            // Length and time are the same. Only the digest says that it was another file.
            var other = await LinkOfAsync(second);
            Assert.NotEqual(link, other);
            Assert.Equal("CONTENT", await Server.Client.GetStringAsync(other));
        }

        await ExitsAsync(second, ExitCode.Success);
        Assert.Equal(hasChanged ? 0 : 1, second.ErrorText.Split("An earlier run").Length - 1);
        Assert.Contains($"sha256 {Sha256Of(Folder["file"])}, verified", second.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondRun_SaysWhatIsNotKnown_WhenTheServerHasNoDigest()
    {
        _hidesDigests = true;
        await SendUnseenAsync();

        var second = Beam("send", "file");

        await ExitsAsync(second, ExitCode.Success);
        Assert.Contains("whether it was this is not known", second.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256", second.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("verified", second.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BothSides_Fail_WhenTheFileChangesBetweenTwoTries(bool isFolder)
    {
        Directory.CreateDirectory(Folder["things"]);
        var path = Folder.Write("things/large", TestBytes.Create(7, LargeBytes));
        var sent = 0;
        await using var network = new FaultProxy(Server.Port)
        {
            Plan = _ =>
            {
                // The connection that carries the file breaks; before the next one the file is written anew, and its time set back.
                var number = Interlocked.Increment(ref sent);
                if (number == 2 && File.GetLastWriteTimeUtc(path) is var time)
                {
                    File.WriteAllBytes(path, TestBytes.Create(8, LargeBytes));
                    File.SetLastWriteTimeUtc(path, time);
                }

                return number == 1 ? new ConnectionFault(CutAfterSent: 20_000_000, LoseAfterSent: 12_000_000) : default;
            },
        };
        var sender = Beam("send", isFolder ? "things" : "things/large", "--server", $"http://127.0.0.1:{network.Port}");
        var link = new UriBuilder(await LinkOfAsync(sender)) { Port = Server.Port }.Uri.AbsoluteUri;
        var receiver = Beam("receive", link, "-o", "copy");

        await ExitsAsync(sender, ExitCode.LocalFile);
        await ExitsAsync(receiver, ExitCode.Cancelled);
        Assert.Contains("changed while it was sent", sender.ErrorText, StringComparison.Ordinal);
        Assert.False(Path.Exists(Folder["copy"]));
    }

    private protected override void Configure(WebApplication app) => app.Use(async (HttpContext context, RequestDelegate next) =>
    {
        if (_hidesDigests)
        {
            context.Request.Headers.Remove("Want-Repr-Digest");
        }

        if (_losesAnswers && HttpMethods.IsPut(context.Request.Method))
        {
            using var lost = new MemoryStream();
            context.Response.Body = lost;
            await next(context);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await next(context);
    });

    private static string Sha256Of(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>Sends a file, which arrives. The run that sends it is killed before it hears of that.</summary>
    private async Task<string> SendUnseenAsync()
    {
        _losesAnswers = true;
        Folder.Write("file", "content"u8);
        var first = Beam("send", "file");
        var link = await LinkOfAsync(first);
        Assert.Equal("content", await Server.Client.GetStringAsync(link));
        await Eventually.TrueAsync(() => Server.Relay.TransferCount == 0, "it is over", Patience);
        first.Kill();
        await first.WaitAsync();
        _losesAnswers = false;
        return link;
    }
}
