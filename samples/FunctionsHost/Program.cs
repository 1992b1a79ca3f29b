using Beam;
using Beam.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.AddBeamFunctions();
builder.UseBeamCustomHandler();

// App settings such as Beam__StallTimeout.
var settings = builder.Configuration.GetSection("Beam");
builder.Services.Configure<BeamOptions>(settings).Configure<BeamHttpOptions>(settings);

builder.WebHost.UseBeamDefaults();

var app = builder.Build();
app.MapBeam();
app.Run();
