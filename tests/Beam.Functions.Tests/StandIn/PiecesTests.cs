using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>
/// Passes a file that is larger than a body may be, and that takes longer than a request may, with the commands of the README. With
/// BEAM_WHOLE_MATRIX=1 the file has 1 GiB, at the host's own body limit.
/// </summary>
public sealed class PiecesTests(PublishedSample sample) : FunctionsTests(sample)
{
    private const int Mebibyte = 1024 * 1024;

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("BEAM_WHOLE_MATRIX") == "1";

    private static readonly long Size = (IsWhole ? 1024L : 128L) * Mebibyte;

    // At this rate the file takes twice the 6 seconds that a request may take. When the relay cuts the request, the kernel's buffers on
    // the way hold up to 30 MiB. The receiver reads them before the 12 seconds at which the host would end the program.
    private static readonly string Rate = IsWhole ? "50M" : "8M";

    [Fact]
    [Trait("Rule", "P22")]
    [Trait("Rule", "P23")]
    public async Task File_PassesInPieces_WhereNeitherABodyNorARequestCouldHoldIt()
    {
        var timeout = IsWhole ? "00:00:20" : "00:00:12";
        var folder = Sample.CopyTo(Folder);
        var hostJson = Path.Combine(folder, "host.json");
        var before = await File.ReadAllTextAsync(hostJson);
        var timed = $"\"version\": \"2.0\", \"functionTimeout\": \"{timeout}\",";
        await File.WriteAllTextAsync(hostJson, before.Replace("\"version\": \"2.0\",", timed, StringComparison.Ordinal));
        var host = await StartAsync(
            static settings =>
            {
                if (!IsWhole)
                {
                    settings.AppSettings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = $"{8 * Mebibyte}";
                }
            },
            folder);
        var url = $"{host.Url}/{await MintAsync(host)}/big.iso";
        var (send, receive) = ReadCommands();
        Directory.CreateDirectory(Folder["here"]);
        Directory.CreateDirectory(Folder["there"]);
        await using (var file = File.Create(Folder["here/big.iso"]))
        {
            await new PatternStream(seed: 7, Size).CopyToAsync(file);
        }

        var sender = Shell(IsWhole ? send : send.Replace("94371840", "8000000", StringComparison.Ordinal), "here", url);
        var receiver = Shell(receive.Replace("curl ", $"curl --limit-rate {Rate} ", StringComparison.Ordinal), "there", url);

        Assert.True(await receiver.WaitAsync(TimeSpan.FromMinutes(3)) == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync(TimeSpan.FromMinutes(4)) == 0, sender.Describe() + host.Program.Process.Describe());
        await using var copy = File.OpenRead(Folder["there/big.iso"]);
        Assert.Equal(Size, await VerifyingStream.VerifyAsync(copy, seed: 7));

        // The receiver's first request was cut, as it says, and the program was not ended.
        Assert.Contains("curl: (", receiver.ErrorText, StringComparison.Ordinal);
        Assert.Equal(1, host.Starts);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task Client_IsToldTheHostsBodyLimit()
    {
        var host = await StartAsync();
        var curl = Curl("-i", "-X", "OPTIONS", $"{host.Url}/{await MintAsync(host)}/file");

        Assert.Equal(0, await curl.WaitAsync());
        Assert.Contains("max-append-size=104857600", curl.OutputText, StringComparison.Ordinal);
    }

    private ClientProcess Shell(string commands, string folder, string url) => Own(ClientProcess.Start(
        "bash",
        ["-c", commands],
        new ClientProcessOptions { WorkingDirectory = Folder[folder], Environment = new Dictionary<string, string?> { ["URL"] = url } }));

    private static (string Send, string Receive) ReadCommands()
    {
        var blocks = File.ReadAllText(Path.Combine(Repository.Root, "Beam.Functions/README.md"))
            .Split("```sh\n")
            .Skip(1)
            .Select(static text => text.Split("```")[0])
            .ToList();
        Assert.Equal(2, blocks.Count);
        return (blocks[0], blocks[1]);
    }
}
