using Beam.Samples.Tests.Prose;

namespace Beam.Samples.Tests.Readme;

public sealed class ReadmeTests
{
    public static TheoryData<string> Documents => [.. Sources.Documents];

    [Fact]
    public async Task Readme_Tokens_WorkAsPrinted()
    {
        var blocks = new ReadmeText("README.md").Blocks("sh");
        Assert.Equal(5, blocks.Count);

        await using var server = await ReadmeServer.StartAsync(blocks[0], "http://localhost:4000");
        await using var sender = server.Start(blocks[2]);
        await sender.WaitForOutputAsync("\n");
        await using var receiver = server.Start(blocks[3], token: sender.OutputText.Trim());

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Contains("confirmed: ", sender.OutputText, StringComparison.Ordinal);
        await server.AssertReceivedAsync();

        // What runs this.
        Assert.Equal("dotnet test\n", blocks[4]);
    }

    [Theory]
    [InlineData("Beam.Server/README.md", "http://localhost:4000")]
    [InlineData("samples/StandaloneServer/README.md", "http://localhost:4020")]
    [InlineData("samples/ExistingApp/README.md", "http://localhost:5080")]
    [InlineData("samples/FunctionsHost/README.md", "http://localhost:4010")]
    public async Task SampleReadme_WorksAsPrinted(string path, string printedAddress)
    {
        var blocks = new ReadmeText(path).Blocks("sh");
        await using var server = await ReadmeServer.StartAsync(blocks[0], printedAddress);

        foreach (var block in blocks.Skip(1))
        {
            await using var shell = server.Start(block);
            Assert.True(await shell.WaitAsync() == 0, shell.Describe());
        }

        await server.AssertReceivedAsync();
    }

    [Fact]
    public async Task SixLineServer_IsWhatReadmeShows()
    {
        var program = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/Beam.SixLineServer/Program.cs"));

        Assert.Equal(program, new ReadmeText("README.md").Blocks("csharp")[0]);
    }

    [Fact]
    public async Task ClientSamples_AreWhatReadmeShows()
    {
        var shown = new ReadmeText("README.md").Blocks("csharp");

        Assert.Equal(3, shown.Count);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples/SendFile/Program.cs")), shown[1]);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples/ReceiveFile/Program.cs")), shown[2]);
    }

    [Fact]
    public async Task SixLineServer_MovesAFile()
    {
        await using var server = await ServerProcess.StartAsync("tests/Beam.SixLineServer");
        var url = server.Url($"/{await server.MintAsync()}/LICENSE");

        await using var sender = Curl.Start("-T", Path.Combine(Repository.Root, "LICENSE"), url);
        await using var receiver = Curl.Start(url);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "LICENSE")), receiver.OutputText);
    }

    [Fact]
    public void ExistingAppReadme_ShowsTheLineThatIsThere()
    {
        var line = Assert.Single(new ReadmeText("samples/ExistingApp/README.md").Blocks("csharp"));

        Assert.Contains(line, File.ReadAllText(Path.Combine(Repository.Root, "samples/ExistingApp/Program.cs")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;

        var dead = new ReadmeText(path).Links().Where(link => !Path.Exists(Path.Combine(folder, link)));

        Assert.Empty(dead);
    }
}
