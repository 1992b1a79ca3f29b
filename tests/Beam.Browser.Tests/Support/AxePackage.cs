using Beam.Browser.Tests.Support;

[assembly: AssemblyFixture(typeof(AxePackage))]

namespace Beam.Browser.Tests.Support;

/// <summary>The npm package axe-core, which judges how accessible pages are; installed once.</summary>
public sealed class AxePackage : IAsyncLifetime
{
    private NpmPackage? _package;

    /// <summary>Gets its script.</summary>
    public string Script { get; private set; } = "";

    /// <summary>Gets why there is none, if there is none.</summary>
    public string? Obstacle => _package?.Obstacle;

    /// <summary>Installs it.</summary>
    public async ValueTask InitializeAsync()
    {
        _package = await NpmPackage.InstallAsync("axe-core@4.10.3");
        Script = Obstacle is null ? await File.ReadAllTextAsync(_package.Folder["node_modules/axe-core/axe.min.js"]) : "";
    }

    /// <summary>Removes it.</summary>
    public ValueTask DisposeAsync()
    {
        _package?.Dispose();
        return ValueTask.CompletedTask;
    }
}
