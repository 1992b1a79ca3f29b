using Beam.Browser.Tests.Support;

[assembly: AssemblyFixture(typeof(AxePackage))]

namespace Beam.Browser.Tests.Support;

/// <summary>The npm package axe-core, which judges how accessible pages are; installed once.</summary>
public sealed class AxePackage : IAsyncLifetime
{
    private const string Package = "axe-core@4.10.3";
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    /// <summary>Gets its script.</summary>
    public string Script { get; private set; } = "";

    /// <summary>Gets why there is none, if there is none.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Installs it.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!ClientProcess.IsAvailable("npm"))
        {
            Obstacle = "npm is not installed";
            return;
        }

        await using var install = ClientProcess.Start(
            "npm",
            ["install", "--no-audit", "--no-fund", "--ignore-scripts", Package],
            new ClientProcessOptions { WorkingDirectory = _folder.Path });
        try
        {
            Obstacle = await install.WaitAsync(InstallTime) == 0 ? null : $"npm could not install {Package}";
        }
        catch (TimeoutException)
        {
            Obstacle = $"npm could not install {Package} in time";
        }

        Script = Obstacle is null ? await File.ReadAllTextAsync(_folder["node_modules/axe-core/axe.min.js"]) : "";
    }

    /// <summary>Removes it.</summary>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
