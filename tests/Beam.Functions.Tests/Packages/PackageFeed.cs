using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.Packages;

/// <summary>
/// A folder feed with the packages of this repository that Beam.Functions needs, packed from what was built together with these tests.
/// </summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private static readonly string[] Projects = ["Beam.Core", "Beam.AspNetCore", "Beam.Functions"];

    private readonly TempFolder _folder = new();

    /// <summary>The version of the packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Packs.</summary>
    public async ValueTask InitializeAsync()
    {
        foreach (var project in Projects)
        {
            await Dotnet.RunAsync(Repository.Root, "pack", project, "--no-build", "-c", BuildOutput.Configuration, "-o", _folder["feed"]);
        }

        var package = Path.GetFileNameWithoutExtension(Directory.GetFiles(_folder["feed"], "Beam.Functions.*.nupkg").Single());
        Version = package["Beam.Functions.".Length..];
    }

    /// <summary>The package's file.</summary>
    public string PackageOf(string id) => _folder[$"feed/{id}.{Version}.nupkg"];

    /// <summary>Writes a project that uses the feed beside the machine's own ones, into a new folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="sdk">The project's SDK.</param>
    /// <param name="content">What else is in the project file.</param>
    public void WriteProject(string folder, string name, string sdk, string content)
    {
        Directory.CreateDirectory(folder);

        // What is packed here stays out of the machine's cache; everything else is taken from there if it can be.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed-here" value="{_folder["feed"]}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="cache" value="{cache}" />
              </fallbackPackageFolders>
              <config>
                <add key="globalPackagesFolder" value="{_folder["packages"]}" />
              </config>
            </configuration>
            """);
        Directory.CreateDirectory(cache);
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Beam.Functions" Version="{Version}" />
              </ItemGroup>
            {content}
            </Project>
            """);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
