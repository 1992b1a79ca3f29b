using StandaloneServer;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddBeam();

// Beam's tokens are part of paths, which ASP.NET Core would log.
builder.Logging.HideBeamTokens();

var app = builder.Build();
if (app.Configuration["AccessKey"] is not { Length: > 0 } key)
{
    Console.Error.WriteLine("AccessKey is not set: minting a token asks for it.");
    return 1;
}

// A client with the key mints a token; a client with the token sends and receives.
app.MapBeam().Mint.RequireKey(key);

app.Run();
return 0;
