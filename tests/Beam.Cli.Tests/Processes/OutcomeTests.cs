using System.Text;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>What the server tells one side of the other, where it waits for nobody to come back.</summary>
public sealed class OutcomeTests : ToolTests
{
    [Fact]
    public async Task LostSender_IsEight()
    {
        var sender = BeamReadingForever("send", "-");
        var receiver = Beam("receive", await LinkOfAsync(sender), "-o", "-");
        await receiver.WaitForOutputAsync("begin", Patience);

        sender.Kill();

        await ExitsAsync(receiver, ExitCode.OtherSideLost);
    }

    [Fact]
    public async Task LostReceiver_IsEight()
    {
        Folder.Write("large", TestBytes.Create(1, 48_000_000));
        var sender = Beam("send", "large");
        var link = await LinkOfAsync(sender);

        using (var response = await Server.Client.GetAsync(link, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }

        await ExitsAsync(sender, ExitCode.OtherSideLost);
    }

    [Fact]
    public async Task ReceivedFile_IsFive_ForTheNext()
    {
        Folder.Write("a", "content"u8);
        var sender = Beam("send", "a");
        var link = await LinkOfAsync(sender);
        await ExitsAsync(Beam("receive", link, "-o", "b"), ExitCode.Success);
        await ExitsAsync(sender, ExitCode.Success);

        await ExitsAsync(Beam("receive", link, "-o", "c"), ExitCode.Gone);
        Assert.Equal(["a", "b"], Folder.Files());
    }

    [Fact]
    public async Task WrongDigest_IsTwelve_AndLeavesNoFile()
    {
        var token = await Server.MintAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{token}/a")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("content")),
        };
        request.Headers.TryAddWithoutValidation("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:");
        var sending = Server.Client.SendAsync(request);

        await ExitsAsync(Beam("receive", $"{Server.Url}/{token}/a"), ExitCode.Corrupt);

        using var answer = await sending;
        Assert.False(answer.IsSuccessStatusCode);
        Assert.DoesNotContain("a", Folder.Files());
    }

    [Fact]
    public async Task FileLargerThanTheDisk_IsFifteen_AndItsSenderIsTold()
    {
        const long Length = 1L << 42;
        Assert.SkipWhen(new DriveInfo(Folder.Path).AvailableFreeSpace >= Length, "The disk is larger than that.");
        Directory.CreateDirectory(Folder["there"]);

        // A hole: it has that length, and takes no room.
        await using (var huge = File.Create(Folder["huge"]))
        {
            huge.SetLength(Length);
        }

        var sender = Beam("send", "huge");
        var receiver = Beam("receive", await LinkOfAsync(sender), "-o", "there");

        await ExitsAsync(receiver, ExitCode.LocalFile);
        Assert.Contains($"The file has {Length} bytes, and only ", receiver.ErrorText, StringComparison.Ordinal);
        Assert.Equal(["huge"], Folder.Files());
        await ExitsAsync(sender, ExitCode.OtherSideLost);
    }

    private protected override void Configure(BeamOptions options) => options.ResumeTimeout = TimeSpan.Zero;
}
