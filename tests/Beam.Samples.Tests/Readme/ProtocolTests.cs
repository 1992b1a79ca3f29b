using System.Diagnostics;
using System.Globalization;
using System.Text;
namespace Beam.Samples.Tests.Readme;

/// <summary>The commands of docs/protocol.md, as they are printed, with what they are for: being killed.</summary>
public sealed class ProtocolTests
{
    private const int Size = 24_000_000;

    // Slow enough to be killed in the middle. curl reads it by itself, so that the commands stay as they are.
    private const string SlowCurl = "limit-rate = 6M\nsilent\n";

    private readonly IReadOnlyList<string> _blocks = new ReadmeText("docs/protocol.md").Blocks("sh");

    [Fact]
    [Trait("Rule", "P23")]
    public async Task UploadLoop_SendsOneFile_WhenItsCurlIsKilled()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__ResumeTimeout=00:02:00");
        using var folder = new TempFolder();
        var bytes = TestBytes.Create(41, Size);
        folder.Write("big.iso", bytes);
        folder.Write(".curlrc", Encoding.UTF8.GetBytes(SlowCurl));
        var url = server.Url($"/{await server.MintAsync()}/big.iso");
        await using var receiver = Curl.Start("-o", folder["copy"], "-w", "%{num_connects} %{size_download}", url);

        await using var loop = Run(Block("until "), folder, url);
        foreach (var bytesBefore in new[] { Size / 5, Size / 2 })
        {
            await Eventually.TrueAsync(
                () => LengthOf(folder["copy"]) > bytesBefore,
                "the receiver has some of it",
                TimeSpan.FromSeconds(60));
            Program(loop).Kill();
        }

        Assert.True(await loop.WaitAsync(TimeSpan.FromMinutes(1)) == 0, loop.Describe());
        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.Equal($"1 {Size}", receiver.OutputText);
        Assert.True((await File.ReadAllBytesAsync(folder["copy"])).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task UploadLoop_Fails_WhenTheTransferHas()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__ResumeTimeout=00:02:00", "Beam__WaitTimeout=00:00:01");
        using var folder = new TempFolder();
        folder.Write("big.iso", TestBytes.Create(42, 1000));

        await using var loop = Run(Block("until "), folder, server.Url($"/{await server.MintAsync()}/big.iso"));

        Assert.Equal(1, await loop.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task DownloadCommand_GoesOn_WhenItIsRunAgain()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__ResumeTimeout=00:02:00");
        using var folder = new TempFolder();

        // Less than the relay keeps for a receiver that comes back. The second half comes only when the first receiver is gone: curl takes
        // a short file faster than its limit says.
        var bytes = TestBytes.Create(43, Size / 4);
        var url = server.Url($"/{await server.MintAsync()}/big.iso");
        var length = string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes.Length}");
        await using var sender = ClientProcess.Start(
            "curl",
            ["-sS", "--fail", "-T", "-", "-H", length, "-H", "Transfer-Encoding:", url],
            new ClientProcessOptions { KeepInputOpen = true });
        var firstHalf = sender.StandardInput.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));

        await using (var first = Run(Block("-C - -O"), folder, url))
        {
            await Eventually.TrueAsync(
                () => LengthOf(folder["big.iso"]) > Size / 20,
                "the receiver has some of it",
                TimeSpan.FromSeconds(60));
            Program(first).Kill();
            await first.WaitAsync();
        }

        // With nobody there to take it, it need not be taken.
        var secondHalf = WriteSecondHalfAsync();

        // A server that has not noticed yet refuses the second one.
        await Eventually.TrueAsync(
            async () =>
            {
                await using var second = Run(Block("-C - -O"), folder, url);
                return await second.WaitAsync(TimeSpan.FromMinutes(1)) == 0;
            },
            "the command went on",
            TimeSpan.FromSeconds(60));
        await secondHalf;
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("confirmed: ", sender.OutputText, StringComparison.Ordinal);
        Assert.True((await File.ReadAllBytesAsync(folder["big.iso"])).AsSpan().SequenceEqual(bytes));

        async Task WriteSecondHalfAsync()
        {
            await firstHalf;
            await sender.StandardInput.WriteAsync(bytes.AsMemory(bytes.Length / 2));
            sender.StandardInput.Dispose();
        }
    }

    /// <summary>The one block that has such words.</summary>
    private string Block(string words) => _blocks.Single(block => block.Contains(words, StringComparison.Ordinal));

    private static ClientProcess Run(string block, TempFolder folder, string url) => ClientProcess.Start(
        "bash",
        ["-uo", "pipefail", "-c", block],
        new ClientProcessOptions
        {
            WorkingDirectory = folder.Path,
            Environment = new Dictionary<string, string?> { ["URL"] = url, ["CURL_HOME"] = folder.Path },
        });

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The program that a shell waits for, or has become: for a single command it starts no other process.</summary>
    private static Process Program(ClientProcess shell)
    {
        var children = File.ReadAllText($"/proc/{shell.Id}/task/{shell.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Process.GetProcessById(children.Length == 0 ? shell.Id : int.Parse(Assert.Single(children), CultureInfo.InvariantCulture));
    }
}
