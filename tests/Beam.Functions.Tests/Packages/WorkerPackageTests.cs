using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace Beam.Functions.Tests.Packages;

/// <summary>
/// What the package compiles into an isolated worker, against the real Microsoft.Azure.Functions.Worker and its HTTP extension. Not every
/// feed has the packages that these ask for. So the attributes that declare a function, and the ASP.NET Core integration, are stand-ins
/// made here: this says nothing of the integration itself.
/// </summary>
public sealed class WorkerPackageTests(FunctionsPackages packages) : IClassFixture<FunctionsPackages>, IDisposable
{
    private const string Abstractions = "Microsoft.Azure.Functions.Worker.Extensions.Abstractions";
    private const string Integration = "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore";

    private const string References = $"""
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <AzureFunctionsVersion>v4</AzureFunctionsVersion>
            <NoWarn>$(NoWarn);NU1603</NoWarn>
          </PropertyGroup>
          <ItemGroup>
            <FrameworkReference Include="Microsoft.AspNetCore.App" />
            <PackageReference Include="Microsoft.Azure.Functions.Worker" Version="1.19.0" />
            <PackageReference Include="Microsoft.Azure.Functions.Worker.Extensions.Http" Version="3.1.0" />
            <PrunePackageReference Include="Microsoft.Azure.Functions.Worker.Core;Microsoft.Azure.Functions.Worker.Grpc;{Abstractions}"
                                   Version="99.0.0" />
            <Reference Include="stubs/*.dll" />
          </ItemGroup>
        """;

    private const string Program = """
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddBeamFunctions();
        builder.Build();
        """;

    private const string Declarations = """
        using System;

        namespace Microsoft.Azure.Functions.Worker
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class FunctionAttribute(string name) : Attribute
            {
                public string Name { get; } = name;
            }
        }

        namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions
        {
            public abstract class BindingAttribute : Attribute;

            public abstract class TriggerBindingAttribute : BindingAttribute;
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Functions_CompileIntoTheUsersWorker()
    {
        await WriteWorkerAsync();
        await MakeStubAsync(Integration, "");
        await Dotnet.RunAsync(_folder["worker"], "build", "--no-restore", "-o", _folder["out"]);

        Assert.Equal(
            [
                """beam-link: {token}/-/token, Function (post)""",
                """beam-mint: token, Function (post)""",
                """beam-relay: {*path}, Anonymous (get head put post patch delete options)""",
            ],
            FunctionsOf(_folder["out/Worker.dll"]));
        Assert.False(File.Exists(_folder["out/beam-relay/function.json"]));
    }

    [Theory]
    [InlineData("BeamMintAuthLevel", "Anonymous", "Anonymous")]
    [InlineData("BeamLinkAuthLevel", "Function", "Anonymous")]
    public async Task Minting_IsOpen_WhenTheProjectSaysSo(string property, string mint, string link)
    {
        await WriteWorkerAsync();
        await MakeStubAsync(Integration, "");
        await Dotnet.RunAsync(_folder["worker"], "build", "--no-restore", "-o", _folder["out"], $"-p:{property}=anonymous");

        var functions = FunctionsOf(_folder["out/Worker.dll"]);
        Assert.Contains($"beam-mint: token, {mint} (post)", functions);
        Assert.Contains($"beam-link: {{token}}/-/token, {link} (post)", functions);
    }

    [Fact]
    public async Task Build_SaysWhatToAdd_WithoutTheAspNetCoreIntegration()
    {
        await WriteWorkerAsync();

        var (code, output) = await Dotnet.TryAsync(_folder["worker"], "build", "--no-restore");

        Assert.NotEqual(0, code);
        Assert.Contains("error BEAM003: ", output, StringComparison.Ordinal);
        Assert.Contains("dotnet add package " + Integration, output, StringComparison.Ordinal);
    }

    /// <summary>Writes a worker and restores it, and makes the assembly that its HTTP extension is built on.</summary>
    private async Task WriteWorkerAsync()
    {
        packages.WriteProject(_folder["worker"], "Worker", "Microsoft.NET.Sdk.Worker", References);
        await File.WriteAllTextAsync(_folder["worker/Program.cs"], Program);
        Directory.CreateDirectory(_folder["worker/stubs"]);
        await Dotnet.RunAsync(_folder["worker"], "restore");
        await MakeStubAsync(Abstractions, Declarations);
    }

    /// <summary>
    /// Compiles a stand-in. The real HTTP extension names what it is built on by version and public key. The runtime takes a stand-in with
    /// both, even if nobody has signed it.
    /// </summary>
    private async Task MakeStubAsync(string name, string source)
    {
        var extension = await FindExtensionAsync();
        var stub = _folder["stub-" + name];
        Directory.CreateDirectory(stub);
        await File.WriteAllBytesAsync(Path.Combine(stub, "public.key"), AssemblyName.GetAssemblyName(extension).GetPublicKey()!);
        await File.WriteAllTextAsync(Path.Combine(stub, "Stub.cs"), source);
        await File.WriteAllTextAsync(Path.Combine(stub, "Stub.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <AssemblyName>{name}</AssemblyName>
                <AssemblyVersion>{VersionOf(extension, name)}</AssemblyVersion>
                <SignAssembly>true</SignAssembly>
                <PublicSign>true</PublicSign>
                <AssemblyOriginatorKeyFile>public.key</AssemblyOriginatorKeyFile>
                <GenerateDependencyFile>false</GenerateDependencyFile>
              </PropertyGroup>
            </Project>
            """);
        await Dotnet.RunAsync(stub, "build", "-o", "out");
        File.Copy(Path.Combine(stub, "out", name + ".dll"), _folder[$"worker/stubs/{name}.dll"]);
    }

    /// <summary>The real HTTP extension, where restoring has put it.</summary>
    private async Task<string> FindExtensionAsync()
    {
        const string Query = "-getItem:ReferencePath";
        var output = await Dotnet.RunAsync(
            _folder["worker"], "msbuild", "-t:ResolvePackageAssets;ResolveAssemblyReferences", "-p:BeamFunctionsModel=None", Query);
        using var items = System.Text.Json.JsonDocument.Parse(output);
        return items.RootElement.GetProperty("Items").GetProperty("ReferencePath").EnumerateArray()
            .Select(static item => item.GetProperty("FullPath").GetString()!)
            .Single(static path => Path.GetFileName(path) == "Microsoft.Azure.Functions.Worker.Extensions.Http.dll");
    }

    private static Version VersionOf(string extension, string name)
    {
        using var file = new PEReader(File.OpenRead(extension));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences
            .Select(metadata.GetAssemblyReference)
            .Where(reference => metadata.GetString(reference.Name) == name)
            .Select(static reference => reference.Version)
            .FirstOrDefault(new Version(1, 0, 0, 0));
    }

    /// <summary>The functions that a worker's metadata task would find: name, route, level and methods.</summary>
    private static string[] FunctionsOf(string assembly)
    {
        var context = new AssemblyLoadContext(name: null, isCollectible: true);
        context.Resolving += (_, name) =>
        {
            var path = Path.Combine(Path.GetDirectoryName(assembly)!, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        };
        var functions = context.LoadFromAssemblyPath(assembly).GetType("Beam.Functions.Worker.BeamWorkerFunctions", throwOnError: true)!;
        return
        [
            .. functions.GetMethods()
                .Where(static method => method.DeclaringType!.Name == "BeamWorkerFunctions")
                .Select(Describe)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Describe(MethodInfo method)
    {
        var function = method.CustomAttributes.Single(static attribute => attribute.AttributeType.Name == "FunctionAttribute");
        var name = function.ConstructorArguments[0].Value;
        var trigger = method.GetParameters().Single().CustomAttributes
            .Single(static attribute => attribute.AttributeType.Name == "HttpTriggerAttribute");
        var route = trigger.NamedArguments.Single(static argument => argument.MemberName == "Route").TypedValue.Value;
        var (level, methods) = (trigger.ConstructorArguments[0], trigger.ConstructorArguments[1]);
        var levelName = level.ArgumentType.GetFields()
            .Single(field => field.IsLiteral && Equals(field.GetRawConstantValue(), level.Value)).Name;
        var methodNames = ((IReadOnlyCollection<CustomAttributeTypedArgument>)methods.Value!).Select(static argument => argument.Value);
        return $"{name}: {route}, {levelName} ({string.Join(' ', methodNames)})";
    }
}
