using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.Packages;

/// <summary>What a project gets that does no more than reference the package.</summary>
public sealed class CustomHandlerPackageTests(FunctionsPackages packages, PublishedSample sample)
    : FunctionsTests(sample), IClassFixture<FunctionsPackages>
{
    private const string HostJson = """
        { "version": "2.0",
          "extensions": { "http": { "routePrefix": "" } },
          "customHandler": { "description": { "defaultExecutablePath": "MyRelay" }, "enableProxyingHttpRequest": true } }
        """;

    private const string RelayJson = """
        { "bindings": [
          { "type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "anonymous",
            "methods": ["get", "head", "put", "post", "patch", "delete", "options"], "route": "{*path}" },
          { "type": "http", "direction": "out", "name": "response" } ] }
        """;

    private const string MintJson = """
        { "bindings": [
          { "type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "function", "methods": ["post"], "route": "token" },
          { "type": "http", "direction": "out", "name": "response" } ] }
        """;

    private const string LinkJson = """
        { "bindings": [
          { "type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "function", "methods": ["post"],
            "route": "{token}/-/token" },
          { "type": "http", "direction": "out", "name": "response" } ] }
        """;

    [Fact]
    public async Task PublishedProject_IsAFunctionAppThatRuns()
    {
        WriteProject("");
        await DotnetAsync("publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-o", "out");

        AssertJson(HostJson, "out/host.json");
        AssertJson(RelayJson, "out/beam-relay/function.json");
        AssertJson(MintJson, "out/beam-mint/function.json");
        AssertJson(LinkJson, "out/beam-link/function.json");
        var files = Folder.Files().Where(static file => file.StartsWith("out/", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, files.Count(static file => file.EndsWith("/function.json", StringComparison.Ordinal)));
        Assert.DoesNotContain("out/local.settings.json", files);
        Assert.DoesNotContain(files, static file => file.Contains("Microsoft.Azure", StringComparison.Ordinal));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Folder["out/MyRelay"]).HasFlag(UnixFileMode.UserExecute));

        // With no runtime but its own.
        var host = await StartAsync(static settings => settings.AppSettings["DOTNET_ROOT"] = "/nowhere", Folder["out"]);
        var url = $"{host.Url}/{await MintAsync(host)}/note";
        var sender = Curl(new ClientProcessOptions { Input = new MemoryStream("from a package"u8.ToArray()) }, "--fail", "-T", "-", url);
        Assert.Equal((200, "from a package"), await AnswerAsync(url));
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
    }

    [Fact]
    public async Task BuiltProject_CanBeStartedByTheCoreToolsInItsOutput()
    {
        WriteProject("");
        await DotnetAsync("build", "-o", "out");

        AssertJson(HostJson, "out/host.json");
        AssertJson("""{ "IsEncrypted": false, "Values": { "FUNCTIONS_WORKER_RUNTIME": "custom" } }""", "out/local.settings.json");
        Assert.True(File.Exists(Folder["out/beam-relay/function.json"]));
    }

    [Fact]
    public async Task Project_KeepsItsOwnFiles_AndNeverPublishesLocalSettings()
    {
        WriteProject("");
        await File.WriteAllTextAsync(Folder["host.json"], """{ "version": "2.0", "mine": true }""");
        await File.WriteAllTextAsync(Folder["local.settings.json"], """{ "Values": { "secret": "x" } }""");
        await DotnetAsync("publish", "-o", "out");

        AssertJson("""{ "version": "2.0", "mine": true }""", "out/host.json");
        Assert.False(File.Exists(Folder["out/local.settings.json"]));
        Assert.DoesNotContain(
            "secret",
            string.Concat(Folder.Files().Where(IsPublishedJson).Select(file => File.ReadAllText(Folder[file]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Properties_SayWhatTheFilesSay()
    {
        WriteProject("<PropertyGroup><UseAppHost>false</UseAppHost></PropertyGroup>");
        await DotnetAsync("publish", "-o", "out", "-p:BeamMintAuthLevel=anonymous", "-p:BeamFunctionTimeout=01:00:00");

        AssertJson(MintJson.Replace("\"function\"", "\"anonymous\"", StringComparison.Ordinal), "out/beam-mint/function.json");
        AssertJson(LinkJson.Replace("\"function\"", "\"anonymous\"", StringComparison.Ordinal), "out/beam-link/function.json");
        AssertJson(
            """
            { "version": "2.0",
              "extensions": { "http": { "routePrefix": "" } },
              "functionTimeout": "01:00:00",
              "customHandler": {
                "description": { "defaultExecutablePath": "dotnet", "arguments": ["MyRelay.dll"] },
                "enableProxyingHttpRequest": true } }
            """,
            "out/host.json");
    }

    [Fact]
    public async Task Link_CanBeOpen_WhileMintingIsNot()
    {
        WriteProject("<PropertyGroup><BeamLinkAuthLevel>anonymous</BeamLinkAuthLevel></PropertyGroup>");
        await DotnetAsync("publish", "-o", "out");

        AssertJson(MintJson, "out/beam-mint/function.json");
        AssertJson(LinkJson.Replace("\"function\"", "\"anonymous\"", StringComparison.Ordinal), "out/beam-link/function.json");
    }

    [Fact]
    public async Task Project_GetsNothing_WhenItSaysSo()
    {
        WriteProject("<PropertyGroup><BeamFunctionsModel>None</BeamFunctionsModel></PropertyGroup>");
        await DotnetAsync("publish", "-o", "out");

        Assert.DoesNotContain(Folder.Files(), static file => file is "out/host.json" or "out/beam-relay/function.json");
    }

    [Theory]
    [InlineData("-p:BeamFunctionsModel=Wrong", "error BEAM001: BeamFunctionsModel is 'Wrong'; it is CustomHandler, Worker or None.")]
    [InlineData("-p:BeamMintAuthLevel=admin", "error BEAM002: BeamMintAuthLevel is 'admin'; it is anonymous or function.")]
    [InlineData("-p:BeamLinkAuthLevel=admin", "error BEAM004: BeamLinkAuthLevel is 'admin'; it is anonymous or function.")]
    public async Task Build_FailsWithAReason_ForAPropertyThatMakesNoSense(string property, string reason)
    {
        WriteProject("");

        var (code, output) = await Dotnet.TryAsync(Folder.Path, "build", property);

        Assert.NotEqual(0, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Package_DependsOnNoWorkerPackage_AndBringsItsFilesToDirectUsersOnly()
    {
        using var package = ZipFile.OpenRead(packages.PackageOf("Beam.Functions"));
        var names = package.Entries
            .Select(static entry => entry.FullName)
            .Where(static name => name.StartsWith("build", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        using var nuspec = new StreamReader(package.GetEntry("Beam.Functions.nuspec")!.Open());

        Assert.Equal(
            [
                "build/Beam.Functions.CustomHandler.targets",
                "build/Beam.Functions.Worker.targets",
                "build/Beam.Functions.targets",
                "build/worker/BeamWorkerFunctions.cs",
            ],
            names);
        var text = nuspec.ReadToEnd();
        Assert.Contains("<dependency id=\"Beam.AspNetCore\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Azure", text, StringComparison.Ordinal);
    }

    private static bool IsPublishedJson(string file)
        => file.StartsWith("out/", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal);

    private void WriteProject(string content)
    {
        packages.WriteProject(Folder.Path, "MyRelay", "Microsoft.NET.Sdk.Web", content);
        File.Copy(Path.Combine(Repository.Root, "samples/FunctionsHost/Program.cs"), Folder["Program.cs"]);
    }

    private Task<string> DotnetAsync(params string[] arguments) => Dotnet.RunAsync(Folder.Path, arguments);

    private void AssertJson(string expected, string file)
    {
        var actual = File.ReadAllText(Folder[file]);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
    }
}
