namespace Beam.Samples.Tests.Readme;

/// <summary>The first screen of README.md, done by somebody who has nothing yet.</summary>
public sealed class FirstScreenTests : IDisposable
{
    private const string Address = "http://localhost:4000";

    private readonly ReadmeText _readme = new("README.md");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Server_OfTheRepository_PassesOneFile_ByThePrintedCommand()
    {
        await using var server = await ReadmeServer.StartAsync(_readme.Blocks("sh")[0], Address);

        await PassPhotoAsync(server.Address);
    }

    [Fact]
    public async Task Server_OfSixLines_PassesOneFile_WhenThePackageWasAdded()
    {
        using var feed = await PackageFeed.PackAsync("Beam.Core", "Beam.AspNetCore");
        var app = _folder["relay"];
        feed.WriteConfig(app);
        await Dotnet.RunAsync(app, "new", "web", "--no-restore");
        await Dotnet.RunAsync(app, [.. Words(_readme.Blocks("")[0])]);
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), _readme.Blocks("csharp")[0]);

        // As printed, but for the port: of two --urls the later one counts.
        await Dotnet.RunAsync(app, "build");
        var run = Words(_readme.Inline("dotnet run --urls"));
        await using var server = await ServerProcess.StartAsync(
            [.. run, "--no-build", "--project", app, "--urls", "http://127.0.0.1:0"], []);

        await PassPhotoAsync(server.Address.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>Sends as printed, and pastes what that prints.</summary>
    private async Task PassPhotoAsync(string address)
    {
        var photo = TestBytes.Create(7, 3_000_000);
        var (here, there) = (Path.Combine(_folder.Path, "here"), Path.Combine(_folder.Path, "there"));
        Directory.CreateDirectory(here);
        Directory.CreateDirectory(there);
        await File.WriteAllBytesAsync(Path.Combine(here, "photo.jpg"), photo);

        // In a terminal curl shows each line at once.
        await File.WriteAllTextAsync(Path.Combine(here, ".curlrc"), "no-buffer\n");
        var sent = _readme.Blocks("sh")[1];
        Assert.Equal($"curl -T photo.jpg {Address}/\n", sent);

        await using var sender = Shell(sent.Replace(Address, address, StringComparison.Ordinal), here);
        await sender.WaitForOutputAsync("Waiting");
        var command = sender.OutputText.Split('\n')
            .Single(static line => line.Contains("curl", StringComparison.Ordinal))
            .TrimStart('#', ' ');
        Assert.Equal(Shape(_readme.Blocks("")[1].Trim()), Shape(command.Replace(address, Address, StringComparison.Ordinal)));
        await using var receiver = Shell(command, there);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(photo, await File.ReadAllBytesAsync(Path.Combine(there, "photo.jpg")));
        Assert.Contains("confirmed: ", sender.OutputText, StringComparison.Ordinal);
    }

    private static string Shape(string command)
    {
        var token = command.Split('/')[^2];
        return command.Replace(token, "TOKEN", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Words(string command)
    {
        Assert.StartsWith("dotnet ", command, StringComparison.Ordinal);
        return command.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Skip(1);
    }

    private static ClientProcess Shell(string command, string folder) => ClientProcess.Start(
        "bash",
        ["-euo", "pipefail", "-c", command],
        new ClientProcessOptions { WorkingDirectory = folder, Environment = new Dictionary<string, string?> { ["CURL_HOME"] = folder } });
}
