namespace Beam.Functions.Tests.Packages;

/// <summary>Beam.Functions and what it needs of this repository, as packages, and projects that use it.</summary>
public sealed class FunctionsPackages : IAsyncLifetime
{
    private PackageFeed? _feed;

    private PackageFeed Feed => _feed ?? throw new InvalidOperationException("Nothing is packed yet.");

    /// <summary>Packs.</summary>
    public async ValueTask InitializeAsync() => _feed = await PackageFeed.PackAsync("Beam.Core", "Beam.AspNetCore", "Beam.Functions");

    /// <summary>The package's file.</summary>
    public string PackageOf(string id) => Feed.PackageOf(id);

    /// <summary>Writes a project that uses the package into a new folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="sdk">The project's SDK.</param>
    /// <param name="content">What else is in the project file.</param>
    public void WriteProject(string folder, string name, string sdk, string content)
    {
        Feed.WriteConfig(folder);
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Beam.Functions" Version="{Feed.Version}" />
              </ItemGroup>
            {content}
            </Project>
            """);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _feed?.Dispose();
        return ValueTask.CompletedTask;
    }
}
